import type { Credential } from './credential.ts'
import { newId } from './environment.ts'
import { stamp } from './held.ts'
import type { Held, Stamp } from './held.ts'
import { recordKeepMs } from './record-keep-time.ts'
import { writeStored } from './store-access.ts'
import type { WriteOptions, WriteResult } from './store.ts'
import { serializeRecord } from './token-record.ts'
import type { TokenRecord } from './token-record.ts'
import type { RequestTiming } from './token-endpoint.ts'

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
  const before = beforeWrite(credential, notify ? 1 : 0)
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
interface BeforeWrite {
  readonly held: Held | undefined
  readonly marks: number
  readonly echoes: 0 | 1
  /** From here the durations in the record count, however long the write takes. */
  readonly sentAt: Stamp
}

/** Remembers how things are before a write. */
export function beforeWrite({ held, marks, environment }: Credential, echoes: 0 | 1 = 1): BeforeWrite {
  return { held, marks: marks.count, echoes, sentAt: stamp(environment.clock) }
}

/** Takes over what was written, unless this process has learned of something newer meanwhile. */
export async function settle(
  credential: Credential,
  before: BeforeWrite,
  record: TokenRecord,
  etag: string,
  issued: FreshlyIssued | undefined,
): Promise<'held' | 'landed'> {
  if (credential.held !== before.held) await credential.read()
  if (credential.held !== before.held && credential.held?.etag !== etag) return 'landed'
  credential.hold({ etag, record, ...before.sentAt }, issued)
  credential.settleMarks(before.marks, before.echoes)
  return 'held'
}

/** Writes, and tells the store how long the record can be of use. */
export function write(
  { environment, configured }: Credential,
  record: TokenRecord,
  how: Omit<WriteOptions, 'keepMs'>,
): Promise<WriteResult> {
  // Without a trace of the person who signed in, the configured grant would go on in their place.
  const keepMs = record.isPersons && configured !== undefined ? undefined : recordKeepMs(record)
  return writeStored(environment, serializeRecord(record), { ...how, keepMs })
}
