/**
 * Tells whether a host name, as `URL` spells it, is this machine itself.
 * @see RFC 6761 §6.3, RFC 8252 §7.3
 */
export function isLoopbackHost(hostname: string): boolean {
  return /^(localhost|[^.].*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
