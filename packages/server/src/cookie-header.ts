/** What counts of a cookie that is set. */
export interface CookieChange {
  readonly name: string
  readonly value: string
  /** Seconds; 0 removes the cookie. */
  readonly maxAge: number
}

/**
 * Returns the `Cookie` header that the browser will send once it has got `changes`; undefined: none. Everything else
 * stays as it was sent, to the byte.
 * @see RFC 6265 §4.2, §5.3
 */
export function cookieHeaderAfter(
  header: string | null,
  changes: readonly CookieChange[],
): string | undefined {
  const changed = new Set(changes.map(({ name }) => name))
  const kept = (header ?? '').split(';').map(pair => pair.trim())
  const pairs = kept.filter(pair => pair !== '' && !changed.has(pair.split('=', 1)[0]?.trim() ?? ''))
  for (const { name, value, maxAge } of changes) if (maxAge > 0) pairs.push(`${name}=${value}`)
  return pairs.length === 0 ? undefined : pairs.join('; ')
}
