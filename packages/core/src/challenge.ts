import type { AttemptResult } from './access-token-source.ts'

/** Tells whether an attempt says that its access token is not accepted; 403 and a missing scope do not. @see RFC 6750 §3.1 */
export function isRejection(result: AttemptResult): boolean {
  if (result === 'rejected') return true
  return (
    result.status === 401 &&
    readChallengeError(result.headers.get('www-authenticate')) !== 'insufficient_scope'
  )
}

/**
 * Reads the `error` of the Bearer or DPoP challenge in a `WWW-Authenticate` header, past other schemes and past commas
 * inside quotes.
 * @see RFC 6750 §3, RFC 9110 §11.6.1
 */
export function readChallengeError(header: string | null): string | undefined {
  let scheme = ''
  for (const { name, value } of partsOf(header ?? '')) {
    if (value === undefined) scheme = name
    else if (name === 'error' && (scheme === 'bearer' || scheme === 'dpop')) return value
  }
  return undefined
}

/** A parameter, or without a value a scheme (or its token68, which is as good as one here). */
interface Part {
  readonly name: string
  readonly value?: string
}

// Each piece matches at one position or fails at once, so the time grows with the header's length and not faster.
const gap = /[\s,]*/y
const word = /[^\s,="]+/y
const equals = /\s*=\s*/y
const quotedValue = /"([^"\\]*(?:\\.[^"\\]*)*)"/y
const plainValue = /[^\s,"]*/y

function* partsOf(header: string): Generator<Part> {
  let position = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position
    const match = pattern.exec(header)
    if (match) position = pattern.lastIndex
    return match
  }
  while (position < header.length) {
    take(gap)
    const name = take(word)?.[0].toLowerCase()
    const hasValue = take(equals) !== null
    const quoted = take(quotedValue)
    // A quote that nothing closes: the rest cannot be read.
    if (quoted === null && header[position] === '"') return
    const value = quoted?.[1]?.replace(/\\(.)/g, '$1') ?? (hasValue ? take(plainValue)?.[0] : undefined)
    if (name !== undefined) yield hasValue && value !== undefined ? { name, value } : { name }
  }
}
