/** When the life begins: a fixed instant, in epoch milliseconds. */
export const start: number = Date.UTC(2026, 0, 1, 9)

/** The instant `seconds` after the start. */
export const at = (seconds: number): number => start + seconds * 1000

/** An event of the credential, `seconds` after the start. */
export function event(type: string, seconds: number, details: object = {}): Record<string, unknown> {
  return { provider: 'trackunit-iris', key: 'trackunit-iris:1', type, at: at(seconds), ...details }
}

/** Two events: an exchange that starts and succeeds `tookMs` later. */
export function exchange(
  seconds: number,
  rung: string,
  because: string,
  tookMs: number,
  lifetimeSeconds = 300,
): Record<string, unknown>[] {
  const expiresAt = at(seconds + lifetimeSeconds)
  return [
    event('exchange-started', seconds, { rung, because }),
    event('token-obtained', seconds + tookMs / 1000, {
      rung,
      expiresAt,
      tookMs,
      isRotated: rung === 'refresh-token',
    }),
  ]
}

/** A life in which most of what can happen does. */
export const life: readonly Record<string, unknown>[] = [
  ...exchange(0, 're-grant', 'missing', 310),
  ...exchange(245, 'refresh-token', 'advisory-window', 42),
  event('token-rejected', 330, { isCurrent: true, willReplay: true }),
  event('claim-waited', 348, { waitedMs: 17_000 }),
  event('token-adopted', 348.1, { expiresAt: at(640) }),
  event('exchange-started', 590, { rung: 'refresh-token', because: 'advisory-window' }),
  event('exchange-failed', 592, {
    rung: 'refresh-token',
    kind: 'transient',
    code: 'server_unavailable',
    message: 'https://auth.example.com/token answered 503. Try again later.',
    retryAt: at(622),
  }),
  ...exchange(622, 'refresh-token', 'mandatory-window', 1200),
]

/** Strings that must never be seen again. */
export const canaries = ['canary-access', 'canary-refresh', 'canary-secret', 'canary-nested'] as const

/** The same events with secrets where none belong. */
export function withCanaries(events: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const [accessToken, refresh, secret, nested] = canaries
  return events.map(one => ({
    ...one,
    accessToken,
    refresh_token: refresh,
    response: { body: { nested } },
    code: `${secret}-1`,
    [secret]: true,
  }))
}
