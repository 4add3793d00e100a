const redacted = '[redacted]'
/** No route of a provider has a longer segment; UUIDs, opaque tokens and JWTs are longer. */
const longestRouteSegment = 24

/**
 * Returns a path with its query, fit for the journal: of the parameters, only the values of `shownParameters`
 * survive. A request that was refused may hold anything anywhere, so its long path segments go, too; what was found
 * is the emulator's own.
 */
export function redactedPath(
  path: string,
  query: URLSearchParams,
  shownParameters: ReadonlySet<string>,
  isFound: boolean,
): string {
  const shownPath = path
    .split('/')
    .map(segment => (!isFound && segment.length > longestRouteSegment ? redacted : segment))
    .join('/')
  const pairs = [...query].map(([name, value]) => {
    const shownName = name.length > 32 ? redacted : encodeURIComponent(name)
    return `${shownName}=${shownParameters.has(name) ? encodeURIComponent(value) : redacted}`
  })
  return pairs.length === 0 ? shownPath : `${shownPath}?${pairs.join('&')}`
}
