/** The parameters of a route, as Next hands them out. */
export type RouteParams = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Finds the path that a catch-all route lives below: the URL's own path without the segments that the route caught. They
 * are counted and compared, and never put together again, so that the API proxy sees what was really sent. Where they
 * are not the last ones the whole path is returned: nothing lies below that.
 */
export function prefixOfRoute(url: string, params: RouteParams): string {
  const { pathname } = new URL(url)
  const path = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
  const caught = Object.values(params).find(value => typeof value === 'object') ?? []
  const segments = path.split('/')
  const start = segments.length - caught.length
  const areLast = start > 0 && caught.every((name, index) => isSameSegment(segments[start + index], name))
  return areLast ? segments.slice(0, start).join('/') : pathname
}

// Next 16.4 decodes the parameters of a route handler; other releases hand them out as they were sent.
function isSameSegment(raw: string | undefined, name: string): boolean {
  if (raw === undefined) return false
  if (raw === name) return true
  try {
    return decodeURIComponent(raw) === name
  } catch {
    return false
  }
}
