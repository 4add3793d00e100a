import { sleep } from './clock.ts'
import { judgeConflict } from './commit.ts'
import type { Lineage } from './commit.ts'
import { beforeWrite, settle, write } from './conditional-write.ts'
import { contended, mostConflicts } from './contended.ts'
import type { Credential } from './credential.ts'
import { newId } from './environment.ts'
import type { StoreError } from './errors/store-error.ts'
import { stamp } from './held.ts'
import type { Stamp } from './held.ts'
import { saveInTime } from './late-save.ts'
import { newRecord } from './new-record.ts'
import type { WriteResult } from './store.ts'
import type { TokenRecord } from './token-record.ts'
import type { RequestTiming } from './token-endpoint.ts'

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

/**
 * Commits the result of an exchange by lineage, before anyone sees the new token. While the store fails it tries until
 * the claim's hold ends.
 */
export async function persist(credential: Credential, issue: Persistable): Promise<Persisted> {
  const { clock, holdMs, random } = credential.environment
  const deadlineAt = issue.timing.sentMonotonicAt + holdMs
  let base = credential.currentRecord()
  let target = { ifMatch: credential.held?.etag ?? null, writeId: newId(random) }
  let pauseMs = 100
  let isRepeated = false
  for (let conflicts = 0; ;) {
    // Judged before the first write too: somebody may have signed in or out in this very process meanwhile.
    const end = endOf(base, issue.lineage)
    if (end !== undefined) return end
    const sentAt = stamp(clock)
    const record = issue.build(base ?? newRecord(credential, issue.lineage.family))
    const keep = (error: unknown): 'kept-in-memory' =>
      keepInMemory(credential, { record, sentAt }, issue, error)
    if (issue.storeError !== undefined) return keep(issue.storeError)
    if (conflicts > mostConflicts) return keep(contended())
    // A write that is sent again and had landed causes no second hint.
    const attempt = await tryToSave(credential, record, { ...target, echoes: isRepeated ? 0 : 1 }, issue)
    isRepeated = attempt.outcome === 'failed'
    if (attempt.outcome === 'held') return 'written'
    if (attempt.outcome === 'failed') {
      // It may have landed, and what was seen meanwhile may have come after it.
      const seen = endOf(credential.currentRecord(), issue.lineage)
      if (seen !== undefined) return seen
      if (clock.monotonic() + pauseMs >= deadlineAt) return keep(attempt.error)
      await sleep(clock, pauseMs)
      pauseMs = Math.min(2 * pauseMs, 2000)
      continue
    }
    if (attempt.outcome === 'unreadable') return keep(attempt.error)
    conflicts++
    // A record that is gone is lost data, not a sign-out: what memory holds is written again.
    if (attempt.etag !== null) base = credential.currentRecord()
    // The store took it, and this process has seen something else since.
    if (attempt.outcome === 'landed' && judgeConflict(base, issue.lineage) !== 'overwrite') return 'adopted'
    target = { ifMatch: attempt.etag, writeId: newId(random) }
  }
}

function endOf(current: TokenRecord | undefined, lineage: Lineage): 'adopted' | 'superseded' | undefined {
  const verdict = judgeConflict(current, lineage)
  if (verdict === 'adopt') return 'adopted'
  return verdict === 'superseded' ? 'superseded' : undefined
}

/** How one try ended: what stands in the store now has that etag, null if nothing does. */
type Attempt =
  | { readonly outcome: 'held' }
  | { readonly outcome: 'landed' | 'conflict'; readonly etag: string | null }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'unreadable'; readonly error: unknown }

async function tryToSave(
  credential: Credential,
  record: TokenRecord,
  {
    echoes,
    ...target
  }: { readonly ifMatch: string | null; readonly writeId: string; readonly echoes: 0 | 1 },
  issue: Persistable,
): Promise<Attempt> {
  const { version } = credential
  const before = beforeWrite(credential, echoes)
  let result: WriteResult
  try {
    result = await write(credential, record, target)
  } catch (error) {
    return { outcome: 'failed', error }
  }
  if (result.ok) {
    credential.unsaved = undefined
    const written = await settle(credential, before, record, result.etag, issue)
    return written === 'held'
      ? { outcome: 'held' }
      : { outcome: 'landed', etag: credential.held?.etag ?? null }
  }
  const { current } = result
  try {
    if (current !== undefined) await credential.takeOver(current, version)
  } catch (error) {
    // Unreadable, or of a newer release: it is left alone, and what was redeemed must not be lost over it.
    return { outcome: 'unreadable', error }
  }
  return { outcome: 'conflict', etag: current?.etag ?? null }
}

function keepInMemory(
  credential: Credential,
  { record, sentAt }: { readonly record: TokenRecord; readonly sentAt: Stamp },
  issue: Persistable,
  error: unknown,
): 'kept-in-memory' {
  const held = { etag: credential.held?.etag ?? null, record, ...sentAt }
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
