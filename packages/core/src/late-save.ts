import { sleep } from './clock.ts'
import { aged, judgeConflict } from './commit.ts'
import type { Lineage } from './commit.ts'
import { beforeWrite, settle, write } from './conditional-write.ts'
import { contended } from './contended.ts'
import type { Credential } from './credential.ts'
import { newId } from './environment.ts'
import { heldForMs, stamp } from './held.ts'
import { flightsOf, takeTurn } from './single-flight.ts'
import { readStored } from './store-access.ts'
import { parseRecord } from './token-record.ts'
import type { TokenRecord } from './token-record.ts'

/** Tries again to write what the store refused earlier, or has lost. @throws {StoreError} it still refuses */
export async function saveLate(credential: Credential): Promise<void> {
  const { unsaved, environment } = credential
  if (unsaved === undefined) return
  const { version } = credential
  const before = beforeWrite(credential)
  const stored = await readStored(environment)
  const current = stored && parseRecord(stored.payload)
  if (current !== undefined && !isToBeReplaced(current, unsaved.record, unsaved.lineage)) {
    credential.unsaved = undefined
    await credential.takeOver(stored, version)
    return
  }
  const sentAt = stamp(environment.clock)
  const record = aged(unsaved.record, heldForMs(unsaved.heldAt, environment.clock))
  const how = { ifMatch: stored?.etag ?? null, writeId: newId(environment.random) }
  const result = await write(credential, record, how)
  if (!result.ok) throw contended()
  credential.unsaved = undefined
  await settle(credential, { ...before, sentAt }, record, result.etag, undefined)
}

function isToBeReplaced(current: TokenRecord, unsaved: TokenRecord, lineage: Lineage): boolean {
  if (current.signedOut || current.family !== unsaved.family) return false
  return current.generation < unsaved.generation || judgeConflict(current, lineage) === 'overwrite'
}

/**
 * The last chance for tokens that the store has not taken: whoever holds nothing else loses them. Tries once at least, and
 * until `untilMonotonicAt`. Never throws.
 */
export async function saveAtLast(credential: Credential, untilMonotonicAt: number): Promise<void> {
  const { clock, emit } = credential.environment
  for (let pauseMs = 100; credential.unsaved !== undefined; pauseMs = Math.min(2 * pauseMs, 2000)) {
    try {
      await saveLate(credential)
    } catch (error) {
      if (clock.monotonic() + pauseMs >= untilMonotonicAt) {
        const reason = error instanceof Error ? error.message : 'The token store failed.'
        return emit({ type: 'degraded', message: `${reason} The newest tokens end with this process.` })
      }
      await sleep(clock, pauseMs)
    }
  }
}

const firstSavePauseMs = 1000
const longestSavePauseMs = 60_000

/**
 * Goes on trying to write what the store does not have. Another process would redeem the spent refresh token that it still
 * holds, and a restart would lose the new one.
 */
export function saveInTime(credential: Credential, pauseMs: number = firstSavePauseMs): void {
  const { clock, store, key } = credential.environment
  clock.schedule(() => {
    if (credential.unsaved === undefined) return
    const work = takeTurn(flightsOf(store), `${key} ${credential.held?.record.family ?? ''}`, () =>
      saveLate(credential),
    )
    work.catch(() => saveInTime(credential, Math.min(2 * pauseMs, longestSavePauseMs)))
  }, pauseMs)
}
