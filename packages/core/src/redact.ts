const inspectSymbol: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/** Stands wherever a secret would have been. */
export const redacted = '[redacted]'

/**
 * Makes an object safe to print: `JSON.stringify`, `console.log` and `util.inspect` show `visible` instead of it.
 * Serialising secrets for a store is always an explicit call elsewhere.
 */
export function hideSecrets<T extends object>(target: T, visible: () => unknown): T {
  // Said explicitly: a member of that name that was there already would stay enumerable and survive a spread.
  Object.defineProperty(target, 'toJSON', { value: visible, enumerable: false })
  Object.defineProperty(target, inspectSymbol, { value: visible, enumerable: false })
  return target
}

const longestDescription = 1024

/**
 * Makes a server's own words fit for an error message: no control characters, at most 1 kB, and none of `secrets`,
 * which servers are known to echo (legacy Spring: "Invalid refresh token: <value>").
 */
export function cleanServerText(text: unknown, secrets: Iterable<string>): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  const forms = new Set([...secrets].filter(secret => secret !== '').flatMap(writtenForms))
  let clean = text
  // The longest first: a secret that begins with another one must not leave its rest behind.
  for (const form of [...forms].toSorted((left, right) => right.length - left.length)) {
    clean = clean.replaceAll(form, redacted)
  }
  return clean
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, longestDescription)
}

/** A secret as a server may echo it: itself, as in a form, as in a URL, as in JSON. */
function writtenForms(secret: string): string[] {
  const asForm = new URLSearchParams({ s: secret }).toString().slice(2)
  const asComponent = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '\uFFFD'))
  return [secret, asForm, asForm.replaceAll('+', '%20'), asComponent, JSON.stringify(secret).slice(1, -1)]
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
