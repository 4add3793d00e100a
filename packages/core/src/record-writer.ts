import { sleep } from './clock.ts'
import { aged, judgeConflict } from './commit.ts'
import type { Lineage } from './commit.ts'
import { contended } from './contended.ts'
import type { Credential } from './credential.ts'
import { newId } from './environment.ts'
import type { StoreError } from './errors/store-error.ts'
import { heldForMs, holdRecord } from './held.ts'
import type { Held } from './held.ts'
import { recordKeepMs } from './record-keep-time.ts'
import { flightsOf, takeTurn } from './single-flight.ts'
import { readStored, writeStored } from './store-access.ts'
import type { WriteOptions, WriteResult } from './store.ts'
import { parseRecord, serializeRecord } from './token-record.ts'
import type { TokenRecord } from './token-record.ts'
import type { RequestTiming } from './token-endpoint.ts'

/** A new record: nothing obtained yet. */
export function newRecord({ environment }: Credential, family?: string): TokenRecord {
  const { binding, random } = environment
  return { schema: 1, binding, family: family ?? newId(random), familyAgeMs: 0, generation: 0, access: {} }
}

/** Which token of a record this process has just obtained, and when it asked. */
export interface FreshlyIssued {
  readonly variant: string
  readonly timing: RequestTiming
}

/**
 * How a write ended. `landed`: it was written, and this process has already learned of something newer; an old answer
 * must not put an old family back.
 */
export type Written = 'held' | 'landed' | 'conflict'

/**
 * Writes `record` if nobody wrote since this process looked. On a conflict the credential takes over what stands there.
 * @throws {StoreError} the store cannot be written, or did not say whether it wrote
 */
export async function tryWrite(
  credential: Credential,
  record: TokenRecord,
  { issued, notify = true }: { issued?: FreshlyIssued; notify?: boolean } = {},
): Promise<Written> {
  const { environment, held, version } = credential
  const before = { held, marks: credential.marks.count, echoes: notify ? 1 : 0 } as const
  const [etag, writeId] = [held?.etag ?? null, newId(environment.random)]
  const result = await write(credential, record, { ifMatch: etag, writeId, notify })
  if (result.ok) return settle(credential, before, record, result.etag, issued)
  await credential.takeOver(result.current, version)
  return 'conflict'
}

/** {@link tryWrite}; true if this process now holds what it wrote. */
export async function compareAndSet(credential: Credential, record: TokenRecord): Promise<boolean> {
  return (await tryWrite(credential, record)) === 'held'
}

/** {@link compareAndSet} of a claim. Nobody hears of it: whoever wants to claim reads anyway, and nobody else needs it. */
export async function writeClaim(credential: Credential, record: TokenRecord): Promise<boolean> {
  return (await tryWrite(credential, record, { notify: false })) === 'held'
}

/** What a credential held, which hints it had, and how many its own write will cause, when a write was sent. */
interface Before {
  readonly held: Held | undefined
  readonly marks: number
  readonly echoes: 0 | 1
}

async function settle(
  credential: Credential,
  before: Before,
  record: TokenRecord,
  etag: string,
  issued: FreshlyIssued | undefined,
): Promise<'held' | 'landed'> {
  if (credential.held !== before.held) await credential.read()
  if (credential.held !== before.held && credential.held?.etag !== etag) return 'landed'
  credential.hold(holdRecord(record, etag, credential.environment.clock), issued)
  credential.settleMarks(before.marks, before.echoes)
  return 'held'
}

/** What an exchange brought, and how to lay it over whatever record stands in the store. */
export interface Persistable {
  readonly build: (base: TokenRecord) => TokenRecord
  readonly lineage: Lineage
  readonly variant: string
  readonly timing: RequestTiming
  /** The store was seen failing a moment ago: whoever waits is not made to wait for it again. */
  readonly storeError?: StoreError | undefined
}

/** How the commit of an exchange ended. `kept-in-memory`: the store refuses writes; the new tokens are not lost. */
export type Persisted = 'written' | 'adopted' | 'superseded' | 'kept-in-memory'

/** How many conflicting writes in a row are answered with another try. */
export const mostConflicts = 5

/**
 * Commits the result of an exchange by lineage, before anyone sees the new token. While the store fails it tries until
 * the claim's hold ends.
 */
export async function persist(credential: Credential, issue: Persistable): Promise<Persisted> {
  const { environment } = credential
  const { clock, holdMs, random } = environment
  const deadlineAt = issue.timing.sentMonotonicAt + holdMs
  let base = credential.currentRecord()
  let etag = credential.held?.etag ?? null
  let writeId = newId(random)
  let pauseMs = 100
  for (let conflicts = 0; ;) {
    // Judged before the first write too: somebody may have signed in or out in this very process meanwhile.
    const verdict = judgeConflict(base, issue.lineage)
    if (verdict === 'adopt') return 'adopted'
    if (verdict === 'superseded') return 'superseded'
    const record = issue.build(base ?? newRecord(credential, issue.lineage.family))
    if (issue.storeError !== undefined) return keepInMemory(credential, record, issue, issue.storeError)
    if (conflicts > mostConflicts) return keepInMemory(credential, record, issue, contended())
    const { held, version } = credential
    const marks = credential.marks.count
    let result: WriteResult
    try {
      result = await write(credential, record, { ifMatch: etag, writeId })
    } catch (error) {
      if (clock.monotonic() + pauseMs >= deadlineAt) return keepInMemory(credential, record, issue, error)
      await sleep(clock, pauseMs)
      pauseMs = Math.min(2 * pauseMs, 2000)
      continue
    }
    if (result.ok) {
      credential.unsaved = undefined
      const written = await settle(credential, { held, marks, echoes: 1 }, record, result.etag, issue)
      return written === 'held' ? 'written' : 'adopted'
    }
    conflicts++
    // A record that is gone is lost data, not a sign-out: what memory holds is written again.
    if (result.current !== undefined) {
      try {
        await credential.takeOver(result.current, version)
      } catch (error) {
        // Unreadable, or of a newer release: it is left alone, and what was redeemed must not be lost over it.
        return keepInMemory(credential, record, issue, error)
      }
      base = credential.currentRecord()
    }
    etag = result.current?.etag ?? null
    writeId = newId(random)
  }
}

/** Tries again to write what the store refused earlier, or has lost. @throws {StoreError} it still refuses */
export async function saveLate(credential: Credential): Promise<void> {
  const { unsaved, environment } = credential
  if (unsaved === undefined) return
  const { held, version } = credential
  const marks = credential.marks.count
  const stored = await readStored(environment)
  const current = stored && parseRecord(stored.payload)
  if (current !== undefined && !isToBeReplaced(current, unsaved.record, unsaved.lineage)) {
    credential.unsaved = undefined
    await credential.takeOver(stored, version)
    return
  }
  const record = aged(unsaved.record, heldForMs(unsaved.heldAt, environment.clock))
  const how = { ifMatch: stored?.etag ?? null, writeId: newId(environment.random) }
  const result = await write(credential, record, how)
  if (!result.ok) throw contended()
  credential.unsaved = undefined
  await settle(credential, { held, marks, echoes: 1 }, record, result.etag, undefined)
}

function isToBeReplaced(current: TokenRecord, unsaved: TokenRecord, lineage: Lineage): boolean {
  if (current.signedOut || current.family !== unsaved.family) return false
  return current.generation < unsaved.generation || judgeConflict(current, lineage) === 'overwrite'
}

function write(
  { environment }: Credential,
  record: TokenRecord,
  how: Omit<WriteOptions, 'keepMs'>,
): Promise<WriteResult> {
  return writeStored(environment, serializeRecord(record), { ...how, keepMs: recordKeepMs(record) })
}

function keepInMemory(
  credential: Credential,
  record: TokenRecord,
  issue: Persistable,
  error: unknown,
): 'kept-in-memory' {
  const etag = credential.held?.etag ?? null
  const held = holdRecord(record, etag, credential.environment.clock)
  credential.unsaved = { record, heldAt: held, lineage: issue.lineage }
  credential.hold(held, issue)
  saveInTime(credential)
  const reason = error instanceof Error ? error.message : 'The token store failed.'
  credential.environment.emit({
    type: 'degraded',
    message: `${reason} The new tokens are kept in memory until it works again.`,
  })
  return 'kept-in-memory'
}

const firstSavePauseMs = 1000
const longestSavePauseMs = 60_000

// Another process would redeem the spent refresh token that the store still holds, and a restart would lose the new one.
function saveInTime(credential: Credential, pauseMs = firstSavePauseMs): void {
  const { clock, store, key } = credential.environment
  clock.schedule(() => {
    if (credential.unsaved === undefined) return
    const work = takeTurn(flightsOf(store), `${key} ${credential.held?.record.family ?? ''}`, () =>
      saveLate(credential),
    )
    work.catch(() => saveInTime(credential, Math.min(2 * pauseMs, longestSavePauseMs)))
  }, pauseMs)
}
