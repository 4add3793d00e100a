/** A token as it may stand on a screen: enough to tell two of them apart, and of no use to anybody. */
export function redact(accessToken: string): string {
  const shown = accessToken.length < 24 ? '' : accessToken.slice(-4)
  return `${accessToken.slice(0, 4)}…${shown}`
}
