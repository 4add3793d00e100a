import type { Refusal } from '../request-guard.ts'
import { refuse } from './proxy-refusal.ts'

/** What a request asks of the API: the path below the proxy, as it was sent, without a leading slash; and the query. */
export interface ProxiedPath {
  readonly path: string
  readonly segments: readonly string[]
  /** With its question mark, or empty. */
  readonly search: string
}

/**
 * Reads the path below `prefix` out of an absolute URL. Undefined: the URL lies elsewhere. What a server could read in
 * two ways is refused, because the list of allowed paths would be about one of them and the API about the other.
 * @see RFC 3986 §3.3, §6.2.2
 */
export function readProxiedPath(url: string, prefix: string): ProxiedPath | Refusal | undefined {
  const raw = afterHost(url)
  const mark = raw.indexOf('?')
  const whole = mark === -1 ? raw : raw.slice(0, mark)
  const search = mark === -1 ? '' : raw.slice(mark)
  if (!whole.startsWith(`${prefix}/`)) return undefined
  const path = whole.slice(prefix.length + 1)
  const segments = path.split('/')
  for (const segment of segments) {
    const problem = segmentProblem(segment)
    if (problem !== undefined) return refuse(400, 'path_refused', problem)
  }
  return searchProblem(search) ?? { path, segments, search }
}

function afterHost(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const fragment = url.indexOf('#')
  return start === -1 ? '/' : url.slice(start, fragment === -1 ? undefined : fragment)
}

const plain = /^[\w~!$&'()*+,=:@-][\w.~!$&'()*+,=:@-]*$/

/** Says what is wrong with one segment of a path, as it was sent. */
export function segmentProblem(segment: string): string | undefined {
  if (plain.test(segment) && !segment.endsWith('.')) return undefined
  if (segment === '') return 'The path must have no empty segment, and no slash at its end.'
  let decoded: string
  try {
    decoded = decodeURIComponent(segment)
  } catch {
    return 'The path holds a percent sign that does not begin an encoded character of UTF-8.'
  }
  // Some servers cut a segment at ";" before they look at it, and some decode twice.
  const name = decoded.split(';')[0] ?? ''
  // Some fold full-width forms, of which a dot and a slash are two.
  if (
    /[/\\]|^\.\.?$/.test(decoded.normalize('NFKC')) &&
    !/[/\\]/.test(decoded) &&
    name !== '.' &&
    name !== '..'
  )
    return 'The path must hold no other form of a dot, a slash or a backslash.'
  if (/[/\\]/.test(decoded)) return 'The path must hold no encoded slash and no backslash.'
  if (/%(?:2[5ef]|5c)/i.test(decoded)) return 'The path must hold nothing that is encoded twice.'
  if (hasControl(decoded)) return 'The path must hold no control character.'
  if (name === '.' || name === '..' || name === '') return 'The path must hold no "." or ".." segment.'
  if (/[. ]$/.test(decoded) || /[. ]$/.test(name))
    return 'No segment of the path may end with a dot or a space.'
  return undefined
}

function hasControl(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
  }
  return false
}

// A token in a query stands in every log on the way.
function searchProblem(search: string): Refusal | undefined {
  if (search === '' || (!search.includes('%') && !/access_token/i.test(search))) return undefined
  for (const name of new URLSearchParams(search).keys()) {
    if (name.toLowerCase() !== 'access_token') continue
    const message = 'The query must hold no access_token: the proxy sends its own, in a header.'
    return refuse(400, 'access_token_in_query', message)
  }
  return undefined
}
