/**
 * Writes the value of a `WWW-Authenticate` header, leaving out what could break it.
 * @see RFC 6750 §3
 */
export function challenge(scheme: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${(value ?? '').replaceAll(/[^\x20-\x7E]|["\\]/g, '')}"`)
  return parts.length === 0 ? scheme : `${scheme} ${parts.join(', ')}`
}
