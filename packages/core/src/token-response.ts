/** A successful token response in our units. The wire form (snake_case, seconds) ends in this file. */
export interface IssuedTokens {
  readonly accessToken: string
  readonly tokenType: 'Bearer'
  /** Zero or less: already expired when issued. Absent: the server named none that can be read. */
  readonly lifetimeMs?: number
  readonly refreshToken?: string
  /** Absent also for 0, which Keycloak sends for "unknown". */
  readonly refreshLifetimeMs?: number
  readonly scope?: string
  readonly idToken?: string
  /** The members that Evergrant does not interpret. */
  readonly raw: Readonly<Record<string, unknown>>
}

/** What an answer of a token endpoint says. */
export type TokenResponseReading =
  | { readonly kind: 'issued'; readonly tokens: IssuedTokens; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly error: string; readonly errorDescription: unknown }
  | { readonly kind: 'malformed'; readonly problem: string }

/** What reading needs to know of the answer and of the server's habits. */
export interface TokenResponseInput {
  readonly status: number
  readonly text: string
  readonly challenge?: string | null | undefined
  readonly allowsMissingTokenType?: boolean | undefined
}

/**
 * Reads a token response the way real servers write it: numbers as strings, any case of `token_type`, an error inside
 * a 200, a form-encoded error, a byte order mark. What cannot be read is `malformed`, never a guess.
 * @see RFC 6749 §5
 */
export function readTokenResponse(input: TokenResponseInput): TokenResponseReading {
  const members = parseObject(input.text)
  const error = errorCodeOf(members ?? parseFormError(input))
  if (error !== undefined) {
    return {
      kind: 'refused',
      error,
      errorDescription: (members ?? parseFormError(input))?.['error_description'],
    }
  }
  if (input.status === 401 && /^\s*basic\b/i.test(input.challenge ?? '')) {
    return { kind: 'refused', error: 'invalid_client', errorDescription: undefined }
  }
  if (members === undefined) return malformed(describeBody(input.text))
  if (input.status >= 400) return malformed('JSON without an "error" member')
  if (input.status < 200 || input.status > 299) return malformed('JSON without an "error" member')
  return readIssued(members, input.allowsMissingTokenType ?? false)
}

function readIssued(members: Members, allowsMissingTokenType: boolean): TokenResponseReading {
  const accessToken = members['access_token']
  if (typeof accessToken !== 'string' || accessToken === '')
    return malformed('JSON without an "access_token"')
  if (!token68.test(accessToken))
    return malformed('an "access_token" with characters that no header may carry')
  const tokenType = readTokenType(members['token_type'], allowsMissingTokenType)
  if (tokenType === undefined) return malformed('a missing or unknown "token_type"')
  const warnings: string[] = []
  const lifetimeMs = readSeconds(members['expires_in'])
  if (lifetimeMs === undefined && members['expires_in'] != null) {
    warnings.push('The token response has an expires_in that is no number; the lifetime counts as unknown.')
  } else if (lifetimeMs !== undefined && lifetimeMs <= 0) {
    warnings.push('The token response has an expires_in of zero or less; the token is used once.')
  }
  const refreshLifetimeMs =
    readSeconds(members['refresh_expires_in']) ?? readSeconds(members['refresh_token_expires_in'])
  const tokens: IssuedTokens = {
    accessToken,
    tokenType,
    raw: unknownMembers(members),
    ...(lifetimeMs !== undefined && { lifetimeMs }),
    ...optionalText('refreshToken', members['refresh_token']),
    ...(refreshLifetimeMs !== undefined && refreshLifetimeMs > 0 && { refreshLifetimeMs }),
    ...optionalText('scope', members['scope']),
    ...optionalText('idToken', members['id_token']),
  }
  return { kind: 'issued', tokens, warnings }
}

type Members = Readonly<Record<string, unknown>>

// RFC 6750 §2.1: b64token. Anything else could end a header or start another one.
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

// The largest lifetime that is believed: 2^31−1 seconds, as Go's client has it.
const longestLifetimeMs = (2 ** 31 - 1) * 1000

const interpreted = new Set([
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'refresh_expires_in',
  'refresh_token_expires_in',
  'scope',
  'id_token',
])

function malformed(problem: string): TokenResponseReading {
  return { kind: 'malformed', problem }
}

function parseObject(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Members)
      : undefined
  } catch {
    return undefined
  }
}

// Some servers answer errors as a form, whatever the Accept header says.
function parseFormError({ status, text }: TokenResponseInput): Members | undefined {
  if (status < 400 || !/^[\w.%+\-=&]*\berror=/.test(text.trim())) return undefined
  return Object.fromEntries(new URLSearchParams(text.trim()))
}

function errorCodeOf(members: Members | undefined): string | undefined {
  const error = members?.['error']
  if (typeof error === 'string' && error !== '') return cleanCode(error)
  if (typeof error !== 'object' || error === null) return undefined
  const code = (error as Members)['code'] ?? (error as Members)['type']
  return typeof code === 'string' && code !== '' ? cleanCode(code) : 'unknown_error'
}

// An error code becomes part of messages: only a short word of harmless characters is one.
function cleanCode(code: string): string {
  return /^[\w.-]{1,64}$/.test(code) ? code : 'unknown_error'
}

function readTokenType(value: unknown, allowsMissing: boolean): 'Bearer' | undefined {
  if (value === undefined || value === null || value === '') return allowsMissing ? 'Bearer' : undefined
  return typeof value === 'string' && value.toLowerCase() === 'bearer' ? 'Bearer' : undefined
}

/** Seconds on the wire (a number or a decimal string) as milliseconds; undefined if it is neither. */
function readSeconds(value: unknown): number | undefined {
  const isDecimal = typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)
  const seconds = typeof value === 'number' ? value : isDecimal ? Number(value) : Number.NaN
  if (!Number.isFinite(seconds)) return undefined
  return Math.max(-longestLifetimeMs, Math.min(Math.floor(seconds * 1000), longestLifetimeMs))
}

function optionalText<K extends string>(name: K, value: unknown): { [P in K]?: string } {
  return (typeof value === 'string' && value !== '' ? { [name]: value } : {}) as { [P in K]?: string }
}

function unknownMembers(members: Members): Readonly<Record<string, unknown>> {
  const raw = Object.create(null) as Record<string, unknown>
  for (const [name, value] of Object.entries(members)) {
    if (!interpreted.has(name) && name !== '__proto__') raw[name] = value
  }
  return raw
}

function describeBody(text: string): string {
  if (text.trim() === '') return 'an empty body'
  return text.trimStart().startsWith('<') ? 'an HTML page' : 'a body that is no JSON object'
}
