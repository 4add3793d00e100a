const longestText = 300
const jwt = /\beyJ[\w-]+\.[\w.-]+/g
const opaque = /\b(?=[A-Za-z0-9_]*\d)[A-Za-z0-9_]{24,}\b/g
const uuid = /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi
/** `client_secret=…` as in a form, `"password":"…"` as in JSON. */
const namedSecret =
  /([\w.-]*(?:secret|password|passwd|token|assertion|key)(?:["']?\s*=|["']\s*:)\s*)("[^"]*"?|'[^']*'?|[^\s&;,)}\]]+)/gi
const credentialsInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi
const urlTail = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s?#]*)[?#]\S*/gi

/**
 * Makes a sentence of somebody else safe to show: one line, no control or formatting characters (a terminal obeys
 * them), at most 300 characters. What looks like a token or follows the name of a secret, and the query of a URL, is
 * replaced by `…`: a safety net, because Evergrant's own messages hold neither.
 */
export function plainText(value: unknown): string {
  if (typeof value !== 'string') return ''
  const line = value
    .slice(0, 4 * longestText)
    // Nobody sees these, and a space in their place would hide a token from what follows.
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(credentialsInUrl, '$1')
    .replace(urlTail, '$1')
    .replace(namedSecret, '$1…')
    .replace(jwt, '…')
    .replace(uuid, '…')
    .replace(opaque, '…')
    .trim()
  return line.length > longestText ? `${line.slice(0, longestText - 1).trimEnd()}…` : line
}

/** Returns `value` if it is a name as the events use them (`refresh-token`, `grant_refused`), else undefined. */
export function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z]+([_-][a-z]+){0,5}$/.test(value) && value.length <= 40
    ? value
    : undefined
}

/** Returns `value` if it is a finite number, else undefined. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** Returns the members of `value`, of which nothing is known yet; none if it is no object. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
