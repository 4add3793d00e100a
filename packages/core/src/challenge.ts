/**
 * Reads the `error` of the Bearer or DPoP challenge in a `WWW-Authenticate` header, past other schemes and past commas
 * inside quotes.
 * @see RFC 6750 §3, RFC 9110 §11.6.1
 */
export function readChallengeError(header: string | null): string | undefined {
  let scheme = ''
  for (const [, nextScheme, name, quoted, plain] of (header ?? '').matchAll(challengeParts)) {
    if (nextScheme !== undefined) scheme = nextScheme.toLowerCase()
    else if (name?.toLowerCase() === 'error' && (scheme === 'bearer' || scheme === 'dpop')) {
      return quoted?.replace(/\\(.)/g, '$1') ?? plain
    }
  }
  return undefined
}

// A parameter `name=value` with a quoted or plain value, or a scheme: a word that no "=" follows.
const challengeParts =
  /([!#$%&'*+.^`|~\w-]+)(?=\s+[^\s=,]|\s*,|\s*$)(?!\s*=)|([!#$%&'*+.^`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/g
