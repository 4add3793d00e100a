import type { Lineage } from './commit.ts'
import type { Environment } from './environment.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { StoreError } from './errors/store-error.ts'
import { FailureMemory } from './failure-memory.ts'
import type { StandingFailure } from './failure-memory.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Grant } from './grants/grant.ts'
import { holdRecord, remainingOf, restated } from './held.ts'
import type { Held } from './held.ts'
import type { PolicyState } from './refresh-policy.ts'
import type { Stored } from './store.ts'
import { isSameBinding, parseRecord } from './token-record.ts'
import type { StoredAccessToken, TokenRecord } from './token-record.ts'
import type { RequestTiming } from './token-endpoint.ts'
import { VariantState } from './variant-state.ts'

/** How many token requests the slowest is taken from. */
const measuredRequests = 8

/** One credential's state in this process. Holds what the store said last and derives the policy's view from it. */
export class Credential {
  readonly environment: Environment
  readonly failures: FailureMemory
  /** The grant to repeat, if there is one: the configured one, or a callback that a sign-in left. */
  grant: Grant | undefined
  /** Whether this process once succeeded with the configured credentials. */
  hasSucceeded = false
  /** A new record that the store has not taken yet. */
  unsaved: { readonly record: TokenRecord; readonly lineage: Lineage } | undefined
  lastReadMonotonicAt: number = Number.NEGATIVE_INFINITY
  readonly #variants = new Map<string, VariantState>()
  readonly #listeners = new Set<() => void>()
  readonly #tookMs: number[] = []
  #held: Held | undefined
  #fingerprint: string | undefined
  #firstSeen: { etag: string; monotonicAt: number } | undefined

  constructor(environment: Environment) {
    this.environment = environment
    this.failures = new FailureMemory(environment.clock)
    this.grant = environment.authorization.grant
  }

  get held(): Held | undefined {
    return this.#held
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
    const { store, key, clock } = this.environment
    let stored: Stored | undefined
    try {
      stored = await store.read(key)
    } catch (cause) {
      throw new StoreError('The token store could not be read.', { cause })
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
    // A credentials callback that fails here fails again when it is needed, and says so there.
    if (record.failure && record.failure.kind !== 'transient') await this.fingerprint().catch(() => undefined)
    this.hold(holdRecord(record, stored.etag, this.environment.clock, Math.max(0, stored.ageMs)))
  }

  /** Holds a record. `issued` says which token in it this process has just obtained, and when it asked. */
  hold(held: Held, issued?: { readonly variant: string; readonly timing: RequestTiming }): void {
    if (this.#held && this.#held.record.family !== held.record.family) this.#variants.clear()
    this.#held = held
    if (held.record.failure === undefined) this.failures.clear()
    for (const [variant, access] of Object.entries(held.record.access)) {
      this.#learn(variant, access, held, issued?.variant === variant ? issued.timing : undefined)
    }
    if (issued) this.#measure(issued.timing.tookMs)
    for (const listener of this.#listeners) listener()
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
    return true
  }

  /** How long a claim of somebody else must still be waited for, in milliseconds; 0: nobody holds one. */
  foreignClaimMs(ownClaims: ReadonlySet<string>): number {
    const claim = this.#held?.record.claim
    const etag = this.#held?.etag
    if (!claim || !etag || claim.holdMs === 0 || ownClaims.has(claim.id)) return 0
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
    const held = this.#held
    const access = this.accessToken(variant)
    const state = this.#variants.get(variant)
    const standing = this.standingFailure()
    const isBlocked = standing?.failure.kind === 'credentials-rejected'
    return {
      access: held && access && state?.accessState(access, held),
      refresh: this.#refreshState(),
      canRegrant: this.grant !== undefined && !isBlocked,
      firstRung: this.environment.authorization.server.firstRung ?? 'refresh-token',
      slowestMs: Math.max(0, ...this.#tookMs),
      draw: state?.draw ?? 0,
      backOffMs: isBlocked ? 0 : Math.max(0, standing?.retryInMs ?? 0),
      guardMs: state?.guardMs() ?? 0,
      personReason: personReason(held?.record),
      isSignedOut: held?.record.signedOut === true,
    }
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

  #measure(tookMs: number): void {
    this.#tookMs.push(tookMs)
    if (this.#tookMs.length > measuredRequests) this.#tookMs.shift()
  }

  #refreshState(): PolicyState['refresh'] {
    const held = this.#held
    const refresh = held?.record.refresh
    const dead = held?.record.dead
    if (refresh === undefined) return { status: dead ? 'dead' : 'none' }
    if (dead && dead.refreshHash === refresh.hash) return { status: 'dead' }
    const remainingMs = remainingOf(held, refresh.remainingAtWriteMs, this.environment.clock)
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
