import type { AccessTokenSource, GetAccessTokenOptions, VariantOptions } from './access-token-source.ts'
import type { AttemptResult, AuthorizedRequest } from './access-token-source.ts'
import type { AuthorizationBase } from './authorization.ts'
import { bindingOf } from './credential-key.ts'
import { CredentialSource } from './credential-source.ts'
import { Credential } from './credential.ts'
import { within } from './deadline.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { DisposedError } from './errors/disposed-error.ts'
import type { EventDetails, EventListener, EvergrantEvent } from './events.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explain.ts'
import type { Grant } from './grants/grant.ts'
import { saveAtLast } from './late-save.ts'
import { ReadOnlySource } from './read-only-source.ts'
import type { ResolvedOptions } from './manager-options.ts'
import type { SignOutResult } from './session-end.ts'
import { getSessionInfo } from './session-info.ts'
import type { SessionInfo } from './session-info.ts'
import { signIn } from './sign-in.ts'
import { signOut } from './sign-out.ts'
import { lateAnswer } from './network-failure.ts'
import { flightsOf } from './single-flight.ts'
import { snapshotOf } from './snapshot.ts'
import type { TokenSnapshot } from './snapshot.ts'
import { createTokenSet } from './token-set.ts'
import type { TokenSet } from './token-set.ts'
import { assertVariant, variantKey } from './variant.ts'
import type { Variant } from './variant.ts'

/** The life of one credential: an {@link AccessTokenSource} and what an application does beside using it. */
export class TokenManager implements AccessTokenSource {
  readonly fetch: typeof globalThis.fetch
  /** The key under which the store holds this credential. It appears in events, so it must name nobody. */
  readonly key: string
  readonly #credential: Credential
  readonly #source: CredentialSource
  readonly #variants = new Map<string, CredentialSource>()
  readonly #listeners = new Set<EventListener>()
  #snapshot: TokenSnapshot
  readonly #release: () => void
  readonly #signIns = new Set<Promise<unknown>>()
  #isDisposed = false

  /** Use {@link createTokenManager} or {@link createUserTokens}. */
  constructor(
    authorization: AuthorizationBase,
    key: string,
    options: ResolvedOptions,
    release: () => void = () => undefined,
  ) {
    const { onEvent, ...shared } = options
    this.#release = release
    this.key = key
    if (onEvent) this.#listeners.add(onEvent)
    const binding = bindingOf(authorization)
    const emit = (event: EventDetails): void => this.#emit(event)
    this.#credential = new Credential({
      ...shared,
      authorization,
      key,
      binding,
      emit,
    })
    this.#snapshot = snapshotOf(this.#credential)
    this.#credential.onChange(() => this.#takeSnapshot())
    this.#source = this.#narrow({})
    this.fetch = this.#source.fetch
    this.getAccessToken = this.#source.getAccessToken
    this.authorize = this.#source.authorize
    this.settle = this.#source.settle
  }

  readonly getAccessToken: (options?: GetAccessTokenOptions) => Promise<string>
  readonly authorize: AccessTokenSource['authorize']
  readonly settle: (attempt: AuthorizedRequest, result: AttemptResult) => 'done' | 'replay'

  /**
   * The same credential narrowed to a scope or resource. Calls with the same options return the same source.
   * @throws {ConfigurationError} a refresh at this server ends the other access tokens, or an option is no string
   */
  readonly variant = (options: VariantOptions): AccessTokenSource => {
    assertVariant(options, this.#credential.environment.authorization)
    return this.#narrow(options)
  }

  /**
   * Like `getAccessToken`, with what is known about the token, and narrowed where a scope or resource is given. Printing
   * it shows no secret.
   */
  readonly getTokenSet = async (options: GetAccessTokenOptions & VariantOptions = {}): Promise<TokenSet> => {
    const { scope, resource, ...rest } = options
    const isNarrow = scope !== undefined || resource !== undefined
    const accessToken = await (isNarrow ? this.variant({ scope, resource }) : this).getAccessToken(rest)
    const credential = this.#credential
    const name = variantKey({ scope, resource })
    const current = credential.accessToken(name)
    // Another exchange may have replaced it meanwhile: then nothing more is known about the one that is returned.
    const access = current?.token === accessToken ? current : undefined
    return createTokenSet({
      accessToken,
      tokenType: access?.type ?? 'Bearer',
      scope: access?.scope,
      expiresAt: access && credential.expiresAt(name),
      hasRefreshToken: credential.held?.record.refresh !== undefined,
    })
  }

  /**
   * Asks the provider about the current session, where it offers that (TrafficStars).
   * @throws {ConfigurationError} the provider has no such endpoint
   * @throws {NetworkError} no usable answer
   * @throws {MalformedResponseError} the answer is no session
   * @throws {ReauthorizationRequiredError} a fresh access token is refused too
   */
  readonly getSessionInfo = async (): Promise<SessionInfo> =>
    getSessionInfo(this.#credential.environment, this.#source)

  /**
   * Signs in with `grant`, or anew with the configured one. A password is used once and dropped. A new family starts:
   * calls that wait on an earlier sign-in get a `SupersededError`.
   * @throws {AuthorizationServerError} the server refused the credentials or the client
   * @throws {NetworkError} no usable answer
   * @throws {SupersededError} somebody signed in or out while the server was asked
   * @throws {ConfigurationError} there is no grant, or what was passed is none
   * @throws {StoreError} the sign-in could not be saved
   * @throws {DisposedError} the manager was disposed
   */
  readonly signIn = async (grant?: Grant): Promise<void> => {
    this.#assertInUse()
    const chosen = grant ?? this.#credential.configured
    if (typeof chosen?.parameters !== 'function') {
      throw new ConfigurationError('signIn needs a grant', [
        'Pass one, such as passwordGrant({ username, password }).',
      ])
    }
    await this.#patiently(signIn(this.#credential, chosen))
  }

  /**
   * Forgets the tokens everywhere and ends the session the provider's way. Also a configured credential stays signed
   * out, in every process that shares the store, until `signIn()`.
   * @throws {StoreError} the store could not be told: the session is still there
   */
  readonly signOut = async (): Promise<SignOutResult> => {
    this.#assertInUse()
    return signOut(this.#credential)
  }

  /**
   * The same credential for places that cannot store what a refresh would return: it hands out what is held and never
   * talks to the authorization server. A token that is due is a `NeedsRefreshError`.
   */
  readonly readOnly = (): AccessTokenSource => new ReadOnlySource(this.#credential, {})

  /**
   * Reads what the store holds, if this process does not know it or was told of a change. Then `explain` and
   * `getSnapshot` show it. Asks no authorization server.
   * @throws {StoreError} the store is down, or holds something else than a record
   */
  readonly load = async (): Promise<void> => {
    this.#assertInUse()
    if (this.#credential.held === undefined || this.#credential.marks.isStale) await this.#credential.read()
  }

  /** A number that changes with whatever is held. For those who keep a copy elsewhere, such as a sealed cookie. */
  get revision(): number {
    return this.#credential.version
  }

  /** Says in words and data what the next call does, because of what, and what comes after. Does no I/O. */
  readonly explain = (): Explanation => explain(this.#credential)

  /** Calls `listener` after every event. Returns a function that ends it. */
  readonly subscribe = (listener: EventListener): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The state for display: the same object until something changes. */
  readonly getSnapshot = (): TokenSnapshot => this.#snapshot

  /**
   * Ends the manager: no more timers and calls. Resolves when a running exchange has ended and is saved, which is tried
   * for `holdMs`; what cannot be saved is told by a last `degraded` event. Other managers of the same credential go on.
   */
  readonly dispose = async (): Promise<void> => {
    if (this.#isDisposed) return
    this.#isDisposed = true
    const { store, key, clock, holdMs } = this.#credential.environment
    const startedAt = clock.monotonic()
    for (const source of this.#variants.values()) source.dispose()
    const turns = [...flightsOf(store).turns]
      .filter(([name]) => name.startsWith(`${key} `))
      .map(([, turn]) => turn)
    await Promise.allSettled([...turns, ...this.#signIns])
    await saveAtLast(this.#credential, startedAt + holdMs)
    this.#release()
    this.#listeners.clear()
  }

  /** Stops background timers; the next call starts them again. For pools that put a manager aside. */
  rest(): void {
    for (const source of this.#variants.values()) source.rest()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }

  // What left the machine may succeed late, and then counts; whoever asked is not kept waiting for it.
  #patiently(work: Promise<void>): Promise<void> {
    const { clock, timeoutMs, authorization, waitUntil } = this.#credential.environment
    waitUntil(work)
    this.#signIns.add(work)
    void work.catch(() => undefined).finally(() => this.#signIns.delete(work))
    return within(clock, timeoutMs, work, () => lateAnswer(authorization.server.tokenEndpoint))
  }

  #narrow(variant: Variant): CredentialSource {
    const name = variantKey(variant)
    let source = this.#variants.get(name)
    if (source === undefined) {
      source = new CredentialSource(this.#credential, variant, narrower => this.#narrow(narrower))
      if (this.#isDisposed) source.dispose()
      this.#variants.set(name, source)
    }
    return source
  }

  #takeSnapshot(): void {
    const snapshot = snapshotOf(this.#credential)
    if (JSON.stringify(snapshot) !== JSON.stringify(this.#snapshot)) this.#snapshot = snapshot
  }

  #emit(details: EventDetails): void {
    const { authorization, key, clock } = this.#credential.environment
    const event = { ...details, provider: authorization.provider, key, at: clock.wall() }
    for (const listener of this.#listeners) {
      tell(listener, event)
    }
  }

  #assertInUse(): void {
    if (this.#isDisposed) throw new DisposedError('The token manager was disposed. Create a new one.')
  }
}

// A listener's fault, thrown or promised, must never break a refresh.
function tell(listener: EventListener, event: EvergrantEvent): void {
  try {
    void Promise.resolve(listener(event) as unknown).catch(() => undefined)
  } catch {
    // The others are told all the same.
  }
}
