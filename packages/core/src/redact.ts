const inspectSymbol: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/** Stands wherever a secret would have been. */
export const redacted = '[redacted]'

/**
 * Makes an object safe to print: `JSON.stringify`, `console.log` and `util.inspect` show `visible` instead of it.
 * Serialising secrets for a store is always an explicit call elsewhere.
 */
export function hideSecrets<T extends object>(target: T, visible: () => unknown): T {
  Object.defineProperty(target, 'toJSON', { value: visible })
  Object.defineProperty(target, inspectSymbol, { value: visible })
  return target
}

const longestDescription = 1024

/**
 * Makes a server's own words fit for an error message: no control characters, at most 1 kB, and none of `secrets`,
 * which servers are known to echo (legacy Spring: "Invalid refresh token: <value>").
 */
export function cleanServerText(text: unknown, secrets: Iterable<string>): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  let clean = text
  for (const secret of secrets) {
    if (secret === '') continue
    for (const form of new Set([
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice(2),
    ])) {
      clean = clean.replaceAll(form, redacted)
    }
  }
  return clean
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, longestDescription)
}

/** An endpoint as messages and events show it: origin and path, never user info, query or fragment. */
export function showEndpoint(url: string | URL): string {
  try {
    const { origin, pathname } = new URL(url)
    return `${origin}${pathname}`
  } catch {
    return 'an invalid URL'
  }
}
