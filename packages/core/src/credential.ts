import type { Authorization } from './authorization.ts'
import { aged } from './commit.ts'
import type { Lineage } from './commit.ts'
import type { Environment, RepeatableGrant } from './environment.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { EvergrantError } from './errors/evergrant-error.ts'
import { StoreError } from './errors/store-error.ts'
import { fingerprintOf } from './fingerprint.ts'
import { floorMs, rejectionSlotMs } from './refresh-policy.ts'
import type { AccessState, PolicyState } from './refresh-policy.ts'
import type { Stored } from './store.ts'
import { isSameBinding, parseRecord } from './token-record.ts'
import type { StoredFailure, TokenRecord } from './token-record.ts'
import type { RequestTiming } from './token-endpoint.ts'

/** A record as this process holds it: what it says, and when on both clocks its durations began. */
export interface Held {
  readonly etag: string | null
  readonly record: TokenRecord
  readonly writtenMonotonicAt: number
  readonly writtenWallAt: number
}

/** What this process knows about one variant beyond the record. */
interface VariantKnowledge {
  /** The access token that this knowledge is about. */
  token: string
  /** This instance's own place in the advisory window. */
  draw: number
  requestedMonotonicAt: number
  heldSinceMonotonicAt: number
  heldSinceWallAt: number
  guardUntilMonotonicAt: number
  rejectedMonotonicAt?: number | undefined
  /** Rejections of this very token are counted from here if the token had lived long enough before. */
  rejectionCountStartsAfresh: boolean
}

/** One credential's state in this process. Holds what the store said last and derives the policy's view from it. */
export class Credential {
  readonly environment: Environment
  /** The grant to repeat, if there is one. */
  grant: RepeatableGrant
  /** Whether this process once succeeded with the configured credentials. */
  hasSucceeded = false
  /** A new record that the store has not taken yet; nothing else is redeemed before it is saved. */
  unsaved: { readonly record: TokenRecord; readonly lineage: Lineage } | undefined
  lastError: EvergrantError | undefined
  lastReadMonotonicAt: number = Number.NEGATIVE_INFINITY
  #held: Held | undefined
  #localFailure: { failure: StoredFailure; untilMonotonicAt: number } | undefined
  #fingerprint: string | undefined
  readonly #variants = new Map<string, VariantKnowledge>()
  readonly #tookMs: number[] = []
  readonly #refusedVariants = new Map<string, { error: EvergrantError; untilMonotonicAt: number }>()
  readonly #listeners = new Set<() => void>()
  #firstSeen: { etag: string; monotonicAt: number } | undefined

  constructor(environment: Environment) {
    this.environment = environment
    this.grant = (environment.authorization as Partial<Authorization>).grant
  }

  get held(): Held | undefined {
    return this.#held
  }

  /** The held record with its durations restated as of now, ready to be changed and written. */
  currentRecord(): TokenRecord | undefined {
    const held = this.#held
    return held && aged(held.record, this.environment.clock.monotonic() - held.writtenMonotonicAt)
  }

  /**
   * Reads the store and takes over what it holds.
   * @throws {StoreError} the store cannot be read, or holds something unreadable
   * @throws {ConfigurationError} the record belongs to another server, client or user
   */
  async read(): Promise<void> {
    const { store, key, clock } = this.environment
    let stored: Stored | undefined
    try {
      stored = await store.read(key)
    } catch (cause) {
      throw new StoreError('The token store could not be read. Evergrant uses what it holds in memory.', {
        cause,
      })
    }
    this.lastReadMonotonicAt = clock.monotonic()
    await this.takeOver(stored)
  }

  /** Takes over what a store returned. An absent record is lost data, not a sign-out: what memory holds stays. */
  async takeOver(stored: Stored | undefined): Promise<void> {
    if (stored === undefined) {
      if (this.#held) this.#held = { ...this.#held, etag: null }
      return
    }
    if (stored.etag === this.#held?.etag) return
    const record = parseRecord(stored.payload)
    this.#checkBinding(record)
    if (record.failure && record.failure.kind !== 'transient') await this.fingerprint()
    const { clock } = this.environment
    const age = Math.max(0, stored.ageMs)
    this.hold({
      etag: stored.etag,
      record,
      writtenMonotonicAt: clock.monotonic() - age,
      writtenWallAt: clock.wall() - age,
    })
  }

  /** Holds a record. `timing` says exactly when its new token was requested, if this process did. */
  hold(held: Held, issued?: { readonly variant: string; readonly timing: RequestTiming }): void {
    if (this.#held && this.#held.record.family !== held.record.family) this.#variants.clear()
    this.#held = held
    if (held.record.failure === undefined) {
      this.#localFailure = undefined
      this.lastError = undefined
    }
    for (const variant of Object.keys(held.record.access)) {
      this.#learn(variant, held, issued?.variant === variant ? issued.timing : undefined)
    }
    if (issued) this.#measure(issued.timing.tookMs)
    for (const listener of this.#listeners) listener()
  }

  /** Calls `listener` whenever something new is held. Returns a function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The access token of a variant, whatever its state. */
  accessToken(variant: string): TokenRecord['access'][string] | undefined {
    return this.#held?.record.access[variant]
  }

  /** When the access token of a variant expires, in epoch milliseconds. */
  expiresAt(variant: string): number | undefined {
    const remainingMs = this.accessToken(variant)?.remainingAtWriteMs
    return remainingMs === undefined || !this.#held
      ? undefined
      : Math.floor(this.#held.writtenWallAt + remainingMs)
  }

  /** Remembers a failure here, also when the store cannot be told. */
  noteFailure(failure: StoredFailure, error: EvergrantError): void {
    this.#localFailure = { failure, untilMonotonicAt: this.environment.clock.monotonic() + failure.retryInMs }
    this.lastError = error
  }

  /** Remembers that the server refuses the scope or resource of one variant; the credential itself is fine. */
  refuseVariant(variant: string, error: EvergrantError, retryInMs: number): void {
    this.#refusedVariants.set(variant, {
      error,
      untilMonotonicAt: this.environment.clock.monotonic() + retryInMs,
    })
  }

  /** The refusal that still stands for a variant. */
  refusedVariant(variant: string): EvergrantError | undefined {
    const refused = this.#refusedVariants.get(variant)
    return refused && refused.untilMonotonicAt > this.environment.clock.monotonic()
      ? refused.error
      : undefined
  }

  /** The number of failures in a row before this one. */
  failedAttempts(): number {
    return Math.max(this.#held?.record.failure?.attempts ?? 0, this.#localFailure?.failure.attempts ?? 0)
  }

  /** The failure that holds back traffic now, here or in the record, if it concerns this configuration. */
  standingFailure(): { readonly failure: StoredFailure; readonly retryInMs: number } | undefined {
    const now = this.environment.clock.monotonic()
    const held = this.#held
    const shared = held?.record.failure
    const candidates = [
      this.#localFailure && {
        failure: this.#localFailure.failure,
        retryInMs: this.#localFailure.untilMonotonicAt - now,
      },
      shared && { failure: shared, retryInMs: held.writtenMonotonicAt + shared.retryInMs - now },
    ]
    return candidates
      .filter(candidate => candidate !== undefined)
      .filter(({ failure }) => failure.kind === 'transient' || failure.fingerprint === this.#fingerprint)
      .toSorted((left, right) => right.retryInMs - left.retryInMs)[0]
  }

  /** Names this process's configuration; computed when it is first needed, because it is slow on purpose. */
  async fingerprint(): Promise<string> {
    this.#fingerprint = await fingerprintOf(this.environment.authorization, this.grant)
    return this.#fingerprint
  }

  /** Notes that an API refused `token`. Tells whether it is the one in use. */
  noteRejection(variant: string, token: string): boolean {
    const knowledge = this.#variants.get(variant)
    if (knowledge === undefined || knowledge.token !== token) return false
    if (knowledge.rejectedMonotonicAt === undefined) {
      const now = this.environment.clock.monotonic()
      const lifetimeMs = this.accessToken(variant)?.lifetimeMs ?? 300_000
      knowledge.rejectedMonotonicAt = now
      knowledge.rejectionCountStartsAfresh = now - knowledge.requestedMonotonicAt >= lifetimeMs / 10
    }
    return true
  }

  /** How often in a row fresh tokens were refused before the current refusal. */
  rejectionCount(variant: string): number {
    if (this.#variants.get(variant)?.rejectionCountStartsAfresh) return 0
    return this.#held?.record.rejection?.count ?? 0
  }

  /** The server gave the same access token again: asking soon again is pointless. */
  guardAgainstNoProgress(variant: string): void {
    const knowledge = this.#variants.get(variant)
    const remainingMs = this.#remainingMs(variant)
    if (knowledge === undefined || remainingMs === undefined) return
    const waitMs = Math.min(Math.max(0, remainingMs), Math.max(5000, remainingMs / 2))
    knowledge.guardUntilMonotonicAt = this.environment.clock.monotonic() + waitMs
  }

  /** How long a claim of somebody else must still be waited for, in milliseconds; 0: nobody holds one. */
  foreignClaimMs(ownClaims: ReadonlySet<string>): number {
    const claim = this.#held?.record.claim
    const etag = this.#held?.etag
    if (!claim || !etag || claim.holdMs === 0 || ownClaims.has(claim.id)) return 0
    const now = this.environment.clock.monotonic()
    if (this.#firstSeen?.etag !== etag) this.#firstSeen = { etag, monotonicAt: now }
    return Math.max(0, this.#firstSeen.monotonicAt + claim.holdMs - now)
  }

  /** Whether the token in use was requested after `monotonicAt`. */
  isRequestedSince(variant: string, monotonicAt: number): boolean {
    const knowledge = this.#variants.get(variant)
    return knowledge !== undefined && knowledge.requestedMonotonicAt >= monotonicAt
  }

  slowestMs(): number {
    return Math.max(0, ...this.#tookMs)
  }

  /** What the refresh policy looks at, as of now. */
  policyState(variant: string): PolicyState {
    const record = this.#held?.record
    const standing = this.standingFailure()
    const isBlocked = standing?.failure.kind === 'credentials-rejected'
    return {
      access: this.#accessState(variant),
      refresh: this.#refreshState(),
      canRegrant: this.grant !== undefined && !isBlocked,
      firstRung: this.environment.authorization.server.firstRung ?? 'refresh-token',
      slowestMs: this.slowestMs(),
      draw: this.#variants.get(variant)?.draw ?? 0,
      backOffMs: isBlocked ? 0 : Math.max(0, standing?.retryInMs ?? 0),
      guardMs: this.#guardMs(variant),
      personReason: personReason(record),
      isSignedOut: record?.signedOut === true,
    }
  }

  #learn(variant: string, held: Held, timing: RequestTiming | undefined): void {
    const access = held.record.access[variant]
    const known = this.#variants.get(variant)
    if (access === undefined || (known?.token === access.token && timing === undefined)) return
    const { clock, random } = this.environment
    const ageAtWriteMs = (access.lifetimeMs ?? Number.NaN) - (access.remainingAtWriteMs ?? Number.NaN)
    const requestedAt = held.writtenMonotonicAt - ageAtWriteMs
    this.#variants.set(variant, {
      token: access.token,
      draw: random(),
      // An adopted token without a lifetime may be old: it never counts as "requested after the call".
      requestedMonotonicAt: timing?.sentMonotonicAt ?? (Number.isNaN(requestedAt) ? -Infinity : requestedAt),
      heldSinceMonotonicAt: timing ? clock.monotonic() : held.writtenMonotonicAt,
      heldSinceWallAt: clock.wall(),
      guardUntilMonotonicAt:
        (timing ? clock.monotonic() : held.writtenMonotonicAt) + floorMs(access.lifetimeMs),
      // A server that returns the same token again has not answered a refusal.
      rejectedMonotonicAt: known?.token === access.token ? known.rejectedMonotonicAt : undefined,
      rejectionCountStartsAfresh: false,
    })
  }

  #measure(tookMs: number): void {
    this.#tookMs.push(tookMs)
    if (this.#tookMs.length > 8) this.#tookMs.shift()
  }

  #remainingMs(variant: string): number | undefined {
    return this.#remainingOf(this.accessToken(variant)?.remainingAtWriteMs)
  }

  // Expired if either clock says so: the wall clock may be set back, the monotonic clock may sleep with the machine.
  #remainingOf(remainingAtWriteMs: number | undefined): number | undefined {
    const held = this.#held
    if (!held || remainingAtWriteMs === undefined) return undefined
    const { clock } = this.environment
    const elapsedMs = Math.max(clock.wall() - held.writtenWallAt, clock.monotonic() - held.writtenMonotonicAt)
    return remainingAtWriteMs - elapsedMs
  }

  #accessState(variant: string): AccessState | undefined {
    const access = this.accessToken(variant)
    const knowledge = this.#variants.get(variant)
    if (!access || !knowledge) return undefined
    return {
      lifetimeMs: access.lifetimeMs,
      remainingMs: this.#remainingMs(variant),
      isRejected: knowledge.rejectedMonotonicAt !== undefined,
      rejectionWaitMs: this.#rejectionWaitMs(knowledge),
      isClockTurnedBack: this.environment.clock.wall() < knowledge.heldSinceWallAt - 60_000,
    }
  }

  #rejectionWaitMs(knowledge: VariantKnowledge): number {
    const held = this.#held
    const rejection = held?.record.rejection
    if (!held || !rejection || knowledge.rejectionCountStartsAfresh) return 0
    const sinceMs = rejection.msAgo + this.environment.clock.monotonic() - held.writtenMonotonicAt
    return Math.max(0, rejectionSlotMs(rejection.count) - sinceMs)
  }

  #guardMs(variant: string): number {
    const until = this.#variants.get(variant)?.guardUntilMonotonicAt ?? 0
    return Math.max(0, until - this.environment.clock.monotonic())
  }

  #refreshState(): PolicyState['refresh'] {
    const record = this.#held?.record
    if (!record?.refresh) return { status: record?.dead ? 'dead' : 'none' }
    if (record.dead && record.dead.refreshHash === record.refresh.hash) return { status: 'dead' }
    const remainingMs = this.#remainingOf(record.refresh.remainingAtWriteMs)
    return { status: remainingMs !== undefined && remainingMs <= 0 ? 'expired' : 'usable', remainingMs }
  }

  #checkBinding(record: TokenRecord): void {
    const { binding, key } = this.environment
    if (isSameBinding(record.binding, binding)) return
    throw new ConfigurationError(`The key "${key}" already holds a credential`, [
      'It belongs to another server, client or user. Give each credential a key of its own.',
    ])
  }
}

function personReason(record: TokenRecord | undefined): PolicyState['personReason'] {
  if (record === undefined) return 'never-signed-in'
  if (record.signedOut) return 'signed-out'
  if (record.dead) return record.dead.reason === 'response-lost' ? 'response-lost' : 'refresh-token-refused'
  return record.refresh ? 'refresh-token-refused' : 'no-refresh-token'
}
