import { sleep } from './clock.ts'
import { aged, isEnded, judgeConflict } from './commit.ts'
import type { Lineage } from './commit.ts'
import { beforeWrite, settle, write } from './conditional-write.ts'
import { contended, mostConflicts } from './contended.ts'
import type { Credential } from './credential.ts'
import { newId } from './environment.ts'
import { heldForMs, stamp } from './held.ts'
import { flightsOf, takeTurn } from './single-flight.ts'
import { revokeQuietly } from './session-end.ts'
import type { EndingTokens } from './session-end.ts'
import { readStored } from './store-access.ts'
import { isSameConfiguration, parseRecord } from './token-record.ts'
import type { TokenRecord } from './token-record.ts'

/**
 * Tries again to write what the store refused earlier, or has lost.
 * @throws {StoreError} it still refuses, or others write all the time
 */
export async function saveLate(credential: Credential): Promise<void> {
  for (let tries = 0; tries <= mostConflicts; tries++) if (await tryToSaveLate(credential)) return
  throw contended()
}

async function tryToSaveLate(credential: Credential): Promise<boolean> {
  const { unsaved, environment } = credential
  if (unsaved === undefined) return true
  const { version } = credential
  const before = beforeWrite(credential)
  const stored = await readStored(environment)
  const current = stored && parseRecord(stored.payload)
  if (current !== undefined && !isToBeReplaced(current, unsaved.record, unsaved.lineage)) {
    forget(credential, unsaved)
    await credential.takeOver(stored, version)
    if (isEnded(current, unsaved.record)) await revokeQuietly(environment, tokensOf(unsaved.record))
    return true
  }
  const sentAt = stamp(environment.clock)
  const record = aged(unsaved.record, heldForMs(unsaved.heldAt, environment.clock))
  const how = { ifMatch: stored?.etag ?? null, writeId: newId(environment.random) }
  const result = await write(credential, record, how)
  if (!result.ok) return false
  forget(credential, unsaved)
  await settle(credential, { ...before, sentAt }, record, result.etag, undefined)
  return true
}

// A look of another call may have put something newer in its place meanwhile.
function forget(credential: Credential, saved: Credential['unsaved']): void {
  if (credential.unsaved === saved) credential.unsaved = undefined
}

function isToBeReplaced(current: TokenRecord, unsaved: TokenRecord, lineage: Lineage): boolean {
  if (isEnded(current, unsaved)) return false
  if (current.generation < unsaved.generation) return true
  return lineage.redeemedHash !== undefined && judgeConflict(current, lineage) === 'overwrite'
}

function tokensOf({ access, refresh }: TokenRecord): EndingTokens {
  return { accessToken: access['']?.token, refreshToken: refresh?.token }
}

/**
 * Takes over what another manager of this process redeemed and could not save: the store still shows the refresh token
 * that it has spent.
 */
export function adoptUnsaved(credential: Credential): void {
  const { store, key, binding } = credential.environment
  const sibling = flightsOf(store).unsaved.get(key)
  if (sibling === undefined || sibling === credential || sibling.unsaved === undefined) return
  const [theirs, own] = [sibling.held, credential.held?.record]
  if (theirs === undefined || !isSameConfiguration(theirs.record.binding, binding)) return
  const isNewer =
    own === undefined || (own.family === theirs.record.family && own.generation < theirs.record.generation)
  if (isNewer) credential.hold(theirs)
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
  const flights = flightsOf(store)
  flights.unsaved.set(key, credential)
  const dueAt = clock.monotonic() + pauseMs
  const waiting = waitingSaves.get(credential)
  if (waiting !== undefined && waiting.dueAt <= dueAt) return
  waiting?.cancel()
  const cancel = clock.schedule(() => {
    waitingSaves.delete(credential)
    if (credential.unsaved === undefined) {
      if (flights.unsaved.get(key) === credential) flights.unsaved.delete(key)
      return
    }
    const name = `${key} ${credential.held?.record.family ?? ''}`
    const work = takeTurn(flights, name, () => saveLate(credential))
    work.then(
      () => flights.unsaved.get(key) === credential && flights.unsaved.delete(key),
      () => saveInTime(credential, Math.min(2 * pauseMs, longestSavePauseMs)),
    )
  }, pauseMs)
  waitingSaves.set(credential, { dueAt, cancel })
}

/** One timer for each credential, however often it could not save. */
const waitingSaves = new WeakMap<Credential, { readonly dueAt: number; readonly cancel: () => void }>()
