import type { Lineage } from './commit.ts'
import type { Environment } from './environment.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { isStoreError, StoreError } from './errors/store-error.ts'
import { FailureMemory } from './failure-memory.ts'
import type { StandingFailure } from './failure-memory.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Grant } from './grants/grant.ts'
import { holdRecord, restated } from './held.ts'
import type { Held } from './held.ts'
import { Intents } from './intent.ts'
import type { Intent } from './intent.ts'
import { policyStateOf } from './policy-state.ts'
import type { PolicyState } from './refresh-policy.ts'
import { shortHash } from './short-hash.ts'
import { flightsOf } from './single-flight.ts'
import type { EndingTokens } from './session-end.ts'
import { StaleMarks } from './stale-marks.ts'
import type { Stored } from './store.ts'
import { readStored } from './store-access.ts'
import { isSameBinding, isSameConfiguration, parseRecord } from './token-record.ts'
import type { StoredAccessToken, TokenRecord } from './token-record.ts'
import type { RequestTiming } from './token-endpoint.ts'
import { VariantState } from './variant-state.ts'

export type { Intent } from './intent.ts'

/** A read is repeated if something newer became known meanwhile, at most this often. */
const mostReads = 5

/** How many token requests the slowest is taken from. */
const measuredRequests = 8

/** One credential's state in this process. Holds what the store said last and derives the policy's view from it. */
export class Credential {
  readonly environment: Environment
  readonly failures: FailureMemory
  readonly marks: StaleMarks
  /** The grant from the configuration; absent for users who sign in. */
  readonly configured: Grant | undefined
  /** Whether this process once succeeded with the configured credentials. */
  hasSucceeded = false
  /** A new record that the store has not taken yet. */
  unsaved: { readonly record: TokenRecord; readonly heldAt: Held; readonly lineage: Lineage } | undefined
  /** What a sign-out that could not be saved must still end at the provider. */
  ending: EndingTokens | undefined
  lastReadMonotonicAt: number = Number.NEGATIVE_INFINITY
  readonly #variants = new Map<string, VariantState>()
  readonly #listeners = new Set<() => void>()
  readonly #tookMs: number[] = []
  readonly #intents = new Intents()
  #held: Held | undefined
  #kept: { readonly grant: Grant; readonly family: string } | undefined
  #looking: Promise<void> | undefined
  /** Counts what was held: an answer that was under way meanwhile is out of date. */
  #version = 0
  #fingerprint: string | undefined
  #firstSeen: { etag: string; monotonicAt: number } | undefined

  constructor(environment: Environment) {
    this.environment = environment
    this.failures = new FailureMemory(environment.clock)
    this.marks = new StaleMarks(environment.clock)
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
  settleMarks(count: number): void {
    this.marks.settle(count)
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
    throw new StoreError('The token record changes all the time. Try again.')
  }

  /** Reads the store once for all who ask meanwhile. That it is down changes nothing: memory serves. */
  look(): Promise<void> {
    this.#looking ??= this.read()
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
    this.#checkBinding(record)
    // A credentials callback that fails here fails again when it is needed, and says so there.
    if (record.failure && record.failure.kind !== 'transient') await this.fingerprint().catch(() => undefined)
    if (this.#version !== version) return false
    if (stored.etag === this.#held?.etag) return true
    const held = holdRecord(record, stored.etag, this.environment.clock, Math.max(0, stored.ageMs))
    if (this.#isOfOtherConfiguration(record)) this.#startAfresh(held)
    else if (this.#isOutlived(record)) this.#keepNewer(stored.etag)
    else this.hold(held)
    return true
  }

  // An absent record is lost data, not a sign-out: what memory holds stays, and is written again.
  #takeOverNothing(version: number): boolean {
    if (this.#version !== version) return false
    if (this.#held) this.#held = { ...this.#held, etag: null }
    return true
  }

  // The API key or the scope was changed. A person's own sign-in and a sign-out stand all the same.
  #isOfOtherConfiguration(record: TokenRecord): boolean {
    if (record.isPersons || record.signedOut) return false
    return !isSameConfiguration(record.binding, this.environment.binding)
  }

  // What was obtained with the old one is not used, and is written over when a token is due: not before, or two
  // instances with different keys would write each other's record over all the time.
  #startAfresh(other: Held): void {
    const { binding, clock } = this.environment
    const own = this.#held
    if (own !== undefined && isSameConfiguration(own.record.binding, binding)) {
      this.#held = { ...own, etag: other.etag }
      this.#version++
      return
    }
    const { generation, family } = other.record
    // The same for every instance, so that they share it from the start.
    const successor = `${family}+${shortHash(JSON.stringify(binding))}`
    const record = { schema: 1, binding, family: successor, generation: generation + 1, access: {} } as const
    this.hold(holdRecord(record, other.etag, clock))
  }

  // A store that failed over may have lost a write that it had acknowledged.
  #isOutlived(record: TokenRecord): boolean {
    const own = this.#held?.record
    return (
      own !== undefined &&
      own.family === record.family &&
      !record.signedOut &&
      record.generation < own.generation
    )
  }

  #keepNewer(etag: string): void {
    const held = this.#held
    if (held === undefined) return
    const { family, generation, refresh } = held.record
    this.unsaved = {
      record: held.record,
      heldAt: held,
      lineage: { family, generation, redeemedHash: refresh?.parentHash },
    }
    this.#held = { ...held, etag }
    this.#version++
  }

  /** Holds a record. `issued` says which token in it this process has just obtained, and when it asked. */
  hold(held: Held, issued?: { readonly variant: string; readonly timing: RequestTiming }): void {
    if (this.#held && this.#held.record.family !== held.record.family) this.#variants.clear()
    this.#held = held
    this.#version++
    if (held.record.failure === undefined) this.failures.clear()
    for (const [variant, access] of Object.entries(held.record.access)) {
      this.#learn(variant, access, held, issued?.variant === variant ? issued.timing : undefined)
    }
    if (issued) this.#measure(issued.timing.tookMs)
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

  /** What this process knows about the access token of a variant. */
  variantState(variant: string): VariantState | undefined {
    return this.#variants.get(variant)
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

  /** Notes that an API refused `token`. Tells whether it is the one in use. */
  noteRejection(variant: string, token: string): boolean {
    const state = this.#variants.get(variant)
    if (state === undefined || state.token !== token) return false
    state.noteRejection()
    this.#tell()
    return true
  }

  /** Notes that an API took `token` although it had been refused before. */
  noteAcceptance(variant: string, token: string): void {
    const state = this.#variants.get(variant)
    if (state === undefined || state.token !== token || !state.isRejected) return
    state.noteAcceptance()
    this.#tell()
  }

  /** Whether the API has refused the token in use. */
  isRejected(variant: string): boolean {
    return this.#variants.get(variant)?.isRejected ?? false
  }

  /** How long a claim of somebody else must still be waited for, in milliseconds; 0: nobody holds one. */
  foreignClaimMs(endedClaims: ReadonlySet<string>): number {
    const claim = this.#held?.record.claim
    const etag = this.#held?.etag
    if (!claim || !etag || claim.holdMs === 0 || endedClaims.has(claim.id)) return 0
    const now = this.environment.clock.monotonic()
    // Counted from when this process first saw it: no two machines' clocks are ever compared.
    if (this.#firstSeen?.etag !== etag) this.#firstSeen = { etag, monotonicAt: now }
    return Math.max(0, this.#firstSeen.monotonicAt + claim.holdMs - now)
  }

  /** Whether the token in use was requested after `monotonicAt`. */
  isRequestedSince(variant: string, monotonicAt: number): boolean {
    const state = this.#variants.get(variant)
    return state !== undefined && state.requestedMonotonicAt >= monotonicAt
  }

  /** What the refresh policy looks at, as of now. */
  policyState(variant: string): PolicyState {
    return policyStateOf(this, variant)
  }

  /** How long the slowest of the last token requests took. */
  get slowestMs(): number {
    return Math.max(0, ...this.#tookMs)
  }

  #learn(variant: string, access: StoredAccessToken, held: Held, timing: RequestTiming | undefined): void {
    const known = this.#variants.get(variant)
    const isSameToken = known?.token === access.token
    if (isSameToken && timing === undefined) return
    const { clock, random } = this.environment
    const state = new VariantState(access, held, clock, random(), timing)
    if (known && isSameToken) state.inherit(known)
    this.#variants.set(variant, state)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #measure(tookMs: number): void {
    this.#tookMs.push(tookMs)
    if (this.#tookMs.length > measuredRequests) this.#tookMs.shift()
  }

  #checkBinding(record: TokenRecord): void {
    const { binding, key } = this.environment
    if (isSameBinding(record.binding, binding)) return
    throw new ConfigurationError(`The key "${key}" already holds a credential`, [
      'It belongs to another server, client or user. Give each credential a key of its own.',
    ])
  }
}
