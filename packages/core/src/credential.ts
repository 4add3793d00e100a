import { isOvertaken } from './commit.ts'
import type { Lineage } from './commit.ts'
import type { Environment } from './environment.ts'
import { contended } from './contended.ts'
import { within } from './deadline.ts'
import { isStoreError } from './errors/store-error.ts'
import { FailureMemory } from './failure-memory.ts'
import type { StandingFailure } from './failure-memory.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Grant } from './grants/grant.ts'
import { holdRecord, restated } from './held.ts'
import type { Held } from './held.ts'
import { Intents } from './intent.ts'
import type { Intent } from './intent.ts'
import { saveInTime } from './late-save.ts'
import { policyStateOf } from './policy-state.ts'
import type { PolicyState } from './refresh-policy.ts'
import { RequestTimes } from './request-times.ts'
import { SeenWrites } from './seen-writes.ts'
import { flightsOf } from './single-flight.ts'
import type { EndingTokens } from './session-end.ts'
import { StaleMarks } from './stale-marks.ts'
import type { Stored } from './store.ts'
import { lateStore, readStored } from './store-access.ts'
import { assertSameBinding, judgeTakeOver, successorOf } from './take-over.ts'
import type { TakeOver } from './take-over.ts'
import { parseRecord } from './token-record.ts'
import type { StoredAccessToken, TokenRecord } from './token-record.ts'
import type { RequestTiming } from './token-endpoint.ts'
import { VariantStates } from './variant-states.ts'

export type { Intent } from './intent.ts'

/** A read is repeated if something newer became known meanwhile, at most this often. */
const mostReads = 5

/** Who has a valid token does not wait longer for what a hint may mean; a store that hangs would slow every call. */
const longestLookMs = 250

/** One credential's state in this process. Holds what the store said last and derives the policy's view from it. */
export class Credential {
  readonly environment: Environment
  readonly failures: FailureMemory
  readonly marks: StaleMarks
  /** What this process knows about the access tokens. */
  readonly variants: VariantStates
  /** The grant from the configuration; absent for users who sign in. */
  readonly configured: Grant | undefined
  /** Whether this process once succeeded with the configured credentials. */
  hasSucceeded = false
  /** A new record that the store has not taken yet. */
  unsaved: { readonly record: TokenRecord; readonly heldAt: Held; readonly lineage: Lineage } | undefined
  /** What a sign-out that could not be saved must still end at the provider. */
  ending: EndingTokens | undefined
  lastReadMonotonicAt: number = Number.NEGATIVE_INFINITY
  readonly #listeners = new Set<() => void>()
  readonly #times = new RequestTimes()
  readonly #intents = new Intents()
  #held: Held | undefined
  #kept: { readonly grant: Grant; readonly family: string } | undefined
  #looking: Promise<void> | undefined
  /** Counts what was held: an answer that was under way meanwhile is out of date. */
  #version = 0
  #fingerprint: string | undefined
  readonly #seen = new SeenWrites()

  constructor(environment: Environment) {
    this.environment = environment
    this.failures = new FailureMemory(environment.clock)
    this.marks = new StaleMarks(environment.clock)
    const { clock, random } = environment
    this.variants = new VariantStates({ clock, random, onChange: () => this.#tell() })
    this.configured = environment.authorization.grant
    flightsOf(environment.store).watch.add(environment.key, this)
  }

  get held(): Held | undefined {
    return this.#held
  }

  /**
   * The grant to repeat, if there is one. After a sign-in with a grant of its own the configured one is no longer it:
   * it may be somebody else's.
   */
  get grant(): Grant | undefined {
    const record = this.#held?.record
    if (!record?.isPersons) return this.configured
    return this.#kept?.family === record.family ? this.#kept.grant : undefined
  }

  /** Keeps a credentials callback for as long as the sign-in that brought it. */
  keepGrant(grant: Grant | undefined): void {
    const family = this.#held?.record.family
    this.#kept = grant && family !== undefined ? { grant, family } : undefined
  }

  /** Counts what was held: an answer that was asked for under another version is out of date. */
  get version(): number {
    return this.#version
  }

  /** The record may have changed: the next call looks before it answers. */
  markStale(): void {
    this.marks.add()
    this.#tell()
  }

  /** A write was answered that was sent when there were `count` hints. */
  settleMarks(count: number, echoes: 0 | 1): void {
    this.marks.settle(count, echoes)
    this.#tell()
  }

  /** Whether what was asked for under `family` at `monotonicAt` has meanwhile been replaced by another sign-in. */
  isSupersededSince(monotonicAt: number, family: string | undefined): boolean {
    const held = this.#held
    if (held === undefined || family === undefined || held.record.family === family) return false
    return held.writtenMonotonicAt - (held.record.familyAgeMs ?? Number.POSITIVE_INFINITY) >= monotonicAt
  }

  beginIntent(): Intent {
    return this.#intents.begin(this.#held?.record)
  }

  commitIntent(intent: Intent): void {
    this.#intents.commit(intent, this.#held?.record)
  }

  isPassed(intent: Intent): boolean {
    return this.#intents.isPassed(intent, this.#held?.record)
  }

  /** The held record with its durations restated as of now, ready to be changed and written. */
  currentRecord(): TokenRecord | undefined {
    return this.#held && restated(this.#held, this.environment.clock)
  }

  /**
   * Reads the store and takes over what it holds.
   * @throws {StoreError} the store cannot be read, or holds something unreadable
   * @throws {ConfigurationError} the record belongs to another server, client or user
   */
  async read(): Promise<void> {
    for (let attempt = 0; attempt < mostReads; attempt++) {
      const version = this.#version
      const { count } = this.marks
      const stored = await readStored(this.environment)
      this.lastReadMonotonicAt = this.environment.clock.monotonic()
      if (await this.#takeOver(stored, version)) {
        if (this.marks.follow(count)) this.#tell()
        return
      }
    }
    throw contended()
  }

  /**
   * Reads the store once for all who ask meanwhile, and waits for it a moment. That it is down or slow changes nothing:
   * memory serves, and what comes late is taken over when it comes.
   */
  look(): Promise<void> {
    this.#looking ??= within(this.environment.clock, longestLookMs, this.read(), lateStore)
      .catch((error: unknown) => {
        if (!isStoreError(error)) throw error
        this.marks.fail()
      })
      .finally(() => (this.#looking = undefined))
    return this.#looking
  }

  /**
   * Takes over what a store returned, unless this process learned of something newer while the answer was under way.
   * @throws {StoreError} @throws {ConfigurationError} as `read`
   */
  async takeOver(stored: Stored | undefined, version: number): Promise<void> {
    if (!(await this.#takeOver(stored, version))) await this.read()
  }

  async #takeOver(stored: Stored | undefined, version: number): Promise<boolean> {
    if (stored === undefined) return this.#takeOverNothing(version)
    const record = parseRecord(stored.payload)
    assertSameBinding(record, this.environment)
    // A credentials callback that fails here fails again when it is needed, and says so there.
    if (record.failure && record.failure.kind !== 'transient') await this.fingerprint().catch(() => undefined)
    if (this.#version !== version) return false
    if (stored.etag === this.#held?.etag) return true
    const hasFallenBack = this.#seen.wasReplaced(stored.etag) && record.family === this.#held?.record.family
    const judgement = hasFallenBack ? 'keep-newer' : judgeTakeOver(record, this.#held, this.environment)
    this.#follow(judgement, record, stored)
    return true
  }

  #follow(judgement: TakeOver, record: TokenRecord, { etag, ageMs }: Stored): void {
    const { binding, clock } = this.environment
    if (judgement === 'hold') this.#adopt(holdRecord(record, etag, clock, Math.max(0, ageMs)))
    else if (judgement === 'hold-successor') this.hold(holdRecord(successorOf(record, binding), etag, clock))
    else if (this.#held !== undefined) {
      if (judgement === 'keep-newer') this.#writeAgain(this.#held)
      this.#held = { ...this.#held, etag }
      this.#version++
    }
  }

  /** Holds what somebody else wrote, and tells of each access token in it that is news. */
  #adopt(held: Held): void {
    const before = this.#held?.record.access ?? {}
    this.hold(held)
    for (const [variant, { token }] of Object.entries(held.record.access)) {
      if (token === before[variant]?.token) continue
      this.environment.emit({ type: 'token-adopted', expiresAt: this.expiresAt(variant) })
    }
  }

  #writeAgain(held: Held): void {
    const { family, generation, refresh } = held.record
    const lineage = { family, generation, redeemedHash: refresh?.parentHash }
    this.unsaved = { record: held.record, heldAt: held, lineage }
    // Soon, not when the token is due: another process would redeem the spent refresh token that the store shows.
    saveInTime(this, 1)
  }

  // An absent record is lost data, not a sign-out: what memory holds stays, and is written again.
  #takeOverNothing(version: number): boolean {
    if (this.#version !== version) return false
    const held = this.#held
    if (held && held.etag !== null) this.#writeAgain(held)
    if (held) this.#held = { ...held, etag: null }
    return true
  }

  /** Holds a record. `issued` says which token in it this process has just obtained, and when it asked. */
  hold(held: Held, issued?: { readonly variant: string; readonly timing: RequestTiming }): void {
    if (this.#held && this.#held.record.family !== held.record.family) this.variants.clear()
    const etag = this.#held?.etag
    if (typeof etag === 'string' && etag !== held.etag) this.#seen.noteReplaced(etag)
    if (this.unsaved && isOvertaken(this.unsaved.record, held.record)) this.unsaved = undefined
    this.#held = held
    this.#version++
    if (held.record.failure === undefined) this.failures.clear()
    for (const [variant, access] of Object.entries(held.record.access)) {
      this.variants.learn(variant, access, held, issued?.variant === variant ? issued.timing : undefined)
    }
    if (issued) this.#times.note(issued.timing.tookMs)
    this.#tell()
  }

  /** Calls `listener` whenever something new is held. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** The access token of a variant, whatever its state. */
  accessToken(variant: string): StoredAccessToken | undefined {
    return this.#held?.record.access[variant]
  }

  /** When the access token of a variant expires, in epoch milliseconds. */
  expiresAt(variant: string): number | undefined {
    const remainingMs = this.accessToken(variant)?.remainingAtWriteMs
    if (remainingMs === undefined || this.#held === undefined) return undefined
    return Math.floor(this.#held.writtenWallAt + remainingMs)
  }

  /** The failure that holds back traffic now, if it concerns this configuration. */
  standingFailure(): StandingFailure | undefined {
    return this.failures.standing(this.#held, this.#fingerprint)
  }

  /** Names this process's configuration; computed when it is first needed, because it is slow on purpose. */
  async fingerprint(): Promise<string> {
    this.#fingerprint = await fingerprintOf(this.environment.authorization, this.grant)
    return this.#fingerprint
  }

  /** How long a claim of somebody else must still be waited for, in milliseconds; 0: nobody holds one. */
  foreignClaimMs(endedClaims: ReadonlySet<string>): number {
    const claim = this.#held?.record.claim
    if (!claim || claim.holdMs === 0 || endedClaims.has(claim.id)) return 0
    return this.#seen.remainingMs(claim, this.environment.clock.monotonic())
  }

  /** What the refresh policy looks at, as of now. */
  policyState(variant: string): PolicyState {
    return policyStateOf(this, variant)
  }

  /** How long the slowest of the last token requests took. */
  get slowestMs(): number {
    return this.#times.slowestMs
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
