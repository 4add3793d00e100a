import type { Credential } from './credential.ts'

/** Where a store gives hints, one ends the wait; this is for the hint that is lost. */
const pauseWithHintsMs = 250
const firstPauseMs = 50

/**
 * Waits while somebody else holds the claim, at most `waitMs`, and takes over what they wrote.
 * @throws {StoreError} the store cannot be read
 */
export async function waitForForeignClaim(credential: Credential, waitMs: number): Promise<void> {
  const { clock, store, emit } = credential.environment
  const startedAt = clock.monotonic()
  const etag = credential.held?.etag
  let pauseMs = store.watch ? pauseWithHintsMs : firstPauseMs
  while (credential.held?.etag === etag) {
    const leftMs = startedAt + waitMs - clock.monotonic()
    if (leftMs <= 0) break
    await credential.marks.wait(Math.min(pauseMs, leftMs))
    await credential.read()
    pauseMs = Math.min(2 * pauseMs, pauseWithHintsMs)
  }
  emit({ type: 'claim-waited', waitedMs: clock.monotonic() - startedAt })
}
