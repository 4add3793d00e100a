/** The members of something that came from outside. */
export type Members = Readonly<Record<string, unknown>>

/** The value as an object; empty where it is none. */
export function objectOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}

/** Whether a value can be the id of a sign-in, which travels in a header. */
export function isName(value: unknown): value is string {
  return isToken(value) && value.length <= 256
}

/** Whether a value can be an access token. @see RFC 6750 §2.1 */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}
