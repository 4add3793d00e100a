import { segmentProblem } from './proxied-path.ts'

/** The methods that a proxy can pass on. */
const proxiedMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** One entry of the list of allowed requests. */
export interface AllowedRequest {
  readonly method: string
  /** `*` is any one segment; `**`, at the end, any number but none. */
  readonly segments: readonly string[]
}

/**
 * Decides whether a request is allowed. `methods` are those that are allowed at the same path, in the order of the
 * list; none means that the path itself is not allowed. GET allows HEAD.
 */
export function matchRequest(
  allowed: readonly AllowedRequest[],
  method: string,
  segments: readonly string[],
): { readonly isAllowed: boolean; readonly methods: readonly string[] } {
  const methods = new Set<string>()
  for (const entry of allowed) {
    if (!matchesPath(entry.segments, segments)) continue
    if (entry.method === method) return { isAllowed: true, methods: [method] }
    methods.add(entry.method)
    if (entry.method === 'GET') methods.add('HEAD')
  }
  return { isAllowed: methods.has(method), methods: [...methods] }
}

function matchesPath(pattern: readonly string[], segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**'
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return false
  return pattern.every((part, index) => part === '*' || part === '**' || part === segments[index])
}

/** Reads the entries `'METHOD path'`, and names every one that cannot be meant, one sentence each. */
export function parseAllowList(entries: readonly string[]): {
  readonly allowed: readonly AllowedRequest[]
  readonly problems: readonly string[]
} {
  if (!Array.isArray(entries) || entries.length === 0) {
    return { allowed: [], problems: ["allow must list at least one request, such as 'GET vehicles/*'."] }
  }
  const allowed: AllowedRequest[] = []
  const problems: string[] = []
  for (const entry of entries as readonly unknown[]) {
    const parsed = parseEntry(entry)
    if (typeof parsed === 'string') problems.push(parsed)
    else allowed.push(parsed)
  }
  return { allowed, problems }
}

function parseEntry(entry: unknown): AllowedRequest | string {
  const match = typeof entry === 'string' ? /^(\S+) (\S+)$/.exec(entry) : null
  const name = `allow: ${JSON.stringify(entry)}`
  if (match === null)
    return `${name} must be a method and a path with one space between, such as 'GET vehicles'.`
  const [, method = '', path = ''] = match
  if (!(proxiedMethods as readonly string[]).includes(method)) {
    return `${name} begins with an unknown method: write one of ${proxiedMethods.join(', ')}, in capitals.`
  }
  if (path.startsWith('/')) return `${name} must not begin with a slash: it is a path below the target.`
  if (/[?#]/.test(path)) return `${name} must be a path alone: queries are passed on, whatever they hold.`
  const segments = path.split('/')
  for (const [index, segment] of segments.entries()) {
    if (segment === '*' || (segment === '**' && index === segments.length - 1)) continue
    if (segment === '**') return `${name}: "**" may stand at the end only.`
    if (segment.includes('*')) return `${name}: "*" stands for a whole segment, never for a part of one.`
    const problem = segmentProblem(segment)
    if (problem !== undefined) return `${name}: ${problem}`
  }
  return { method, segments }
}
