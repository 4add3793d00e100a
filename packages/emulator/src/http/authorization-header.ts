import type { ClientCredentials } from '../credentials.ts'

/** How a client's id and secret are encoded before base64. RFC 6749 §2.3.1 says form-urlencoded. */
export type BasicEncoding = 'rfc' | 'raw'

/**
 * Reads `Authorization: Basic`. Returns undefined without such a header, and `malformed` when the header is
 * there but is no base64 of `id:secret`.
 * @see RFC 7617 §2, RFC 6749 §2.3.1
 */
export function basicCredentials(
  request: Request,
  encoding: BasicEncoding = 'rfc',
): ClientCredentials | 'malformed' | undefined {
  const match = /^basic(?:\s+(\S*))?\s*$/i.exec(request.headers.get('authorization') ?? '')
  if (!match) return undefined
  try {
    const bytes = Uint8Array.from(atob(match[1] ?? ''), character => character.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const colon = text.indexOf(':')
    if (colon < 0) return 'malformed'
    const [clientId, clientSecret] = [text.slice(0, colon), text.slice(colon + 1)]
    if (encoding === 'raw') return { clientId, clientSecret }
    return { clientId: formDecode(clientId), clientSecret: formDecode(clientSecret) }
  } catch {
    return 'malformed'
  }
}

/** Reads `Authorization: Bearer`; the scheme in any case. RFC 6750 §2.1 */
export function bearerToken(request: Request): string | undefined {
  return /^bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1]
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
