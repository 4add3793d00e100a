import { createUserTokens, systemClock } from '@evergrant/core'
import type { AccessTokenSource, AuthorizationBase, Clock, UserTokens } from '@evergrant/core'
import { processMemoryStore } from '@evergrant/core/record'
import { keptStore } from './kept-store.ts'
import { KeyRing } from '@evergrant/core/record'
import type { RequestLike, RequestSession, SessionSource } from './request-session.ts'
import { keyUse } from './sealed-session.ts'
import { SealedSessions } from './sealed-sessions.ts'
import { SessionOfRequest } from './session-of-request.ts'
import type { SessionsEnvironment } from './session-of-request.ts'
import { resolveSessionOptions } from './session-options.ts'
import type { SessionsOptions } from './session-options.ts'
import { defaultLimits, SignInLimit } from './sign-in-limit.ts'
import { StoredSessions } from './stored-sessions.ts'

/** Records are kept a little longer than the session, so that no clock makes an old cookie look new. */
const graceMs = 60_000

/** Users' sessions: a cookie in the browser, tokens that never get there. */
export class Sessions implements SessionSource {
  readonly #environment: SessionsEnvironment
  readonly #opened = new WeakMap<RequestLike, SessionOfRequest>()
  #hasNoticed = false

  /** Use {@link createSessions}. */
  constructor(environment: SessionsEnvironment) {
    this.#environment = environment
  }

  /** Where the tokens are: what `createSessions` was told. */
  get tokensIn(): 'store' | 'cookie' {
    return this.#environment.options.tokensIn
  }

  /** Sends requests as they are, without a token: the option `fetch`. For adapters that authorize by themselves. */
  get plainFetch(): typeof globalThis.fetch {
    return this.#environment.fetch
  }

  /**
   * The session of a request, whose answer can set cookies: write them with `writeTo`. The same object for the same
   * request; no I/O before it is used. All requests of a session share one refresh, also those with an older cookie.
   */
  readonly for = (request: RequestLike): RequestSession => {
    const known = this.#opened.get(request)
    if (known !== undefined) return known
    const session = new SessionOfRequest(request, this.#environment)
    if (!session.isSecure) this.#noticeDevelopment()
    this.#opened.set(request, session)
    return session
  }

  /**
   * The tokens of a request whose answer can set no cookie, such as a server component's. With tokens in a store they
   * are refreshed as ever; with tokens in the cookie a token that is due is a `NeedsRefreshError`, because what a refresh
   * returns would be lost, and the refresh token with it.
   */
  readonly forReading = (
    request: RequestLike,
  ): AccessTokenSource & Pick<RequestSession, 'getState' | 'observe'> =>
    new SessionOfRequest(request, this.#environment, true)

  #noticeDevelopment(): void {
    const { isLoopbackChosen, onNotice } = this.#environment.options
    if (this.#hasNoticed || isLoopbackChosen) return
    this.#hasNoticed = true
    onNotice(
      'Evergrant: the session cookie is a plain one, because this page is plain http on this machine. Everywhere else it is a __Host- cookie, which needs https.',
    )
  }

  /** Ends timers and calls. Sessions stay where they are kept. */
  readonly dispose = (): Promise<void> => this.#environment.users.dispose();

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }
}

/**
 * Creates sessions of users who sign in with a name and a password. The browser gets a cookie that scripts cannot read;
 * refresh tokens never leave the server. The authorization holds no grant, so that no user can ever receive the
 * application's own token.
 * @throws {ConfigurationError} an option cannot work, or the authorization holds a grant; every fault is named
 * @see RFC 10017 §6.1
 * @example
 * const sessions = createSessions({ authorization: travis.customers({ clientId, clientSecret }), store })
 * const response = await sessions.for(request).fetch('vehicles')
 */
export function createSessions(options: SessionsOptions): Sessions {
  const { authorization, store, clock = systemClock, timeoutMs = 10_000, fetch: send, waitUntil } = options
  const own = resolveSessionOptions(options)
  const kept = keptStore(store ?? processMemoryStore(clock), own.maxAgeMs + graceMs)
  const users = createUserTokens(authorization, { ...engineOptions(options), store: kept })
  if (store === undefined) own.onNotice(memoryNotices[own.tokensIn])
  const place = { store: kept, clock, timeoutMs }
  const realm = authorization.provider
  return new Sessions({
    options: own,
    users,
    keeper: keeperOf(own, place, users, authorization),
    limit: new SignInLimit(place, defaultLimits),
    clock,
    fetch: send ?? ((input, init) => globalThis.fetch(input, init)),
    waitUntil: guarded(waitUntil),
    realm,
  })
}

// A runtime's hook throws outside a request; what goes on behind an answer must never break it.
function guarded(waitUntil: SessionsOptions['waitUntil']): (work: Promise<unknown>) => void {
  return work => {
    const quiet = work.catch(() => undefined)
    try {
      waitUntil?.(quiet)
    } catch {
      // The work goes on without it.
    }
  }
}

const memoryNotices = {
  store:
    'Evergrant: sessions are kept in the memory of this process. A restart signs everybody out, and other instances do not know them. Pass a store to createSessions.',
  cookie:
    'Evergrant: rotations and sign-outs are remembered in the memory of this process. After a restart a cookie from before a sign-out works again until its tokens end, and several instances use refresh tokens twice. Pass a store to createSessions.',
}

function keeperOf(
  { tokensIn, keys, cookieName }: ReturnType<typeof resolveSessionOptions>,
  place: { store: ReturnType<typeof keptStore>; clock: Clock; timeoutMs: number },
  users: UserTokens,
  { provider, server, client }: AuthorizationBase,
): SessionsEnvironment['keeper'] {
  if (tokensIn === 'store') return new StoredSessions(place, users, `${provider} ${cookieName}`)
  // What was sealed for another client or server opens nothing here, and locks nobody out.
  const { tokenEndpoint, issuer } = server
  const audience = JSON.stringify([provider, cookieName, tokenEndpoint, issuer, client.clientId])
  return new SealedSessions(place, users, new KeyRing(keys, keyUse), audience)
}

/** What the engine takes of the options. */
function engineOptions(options: SessionsOptions): Parameters<typeof createUserTokens>[1] {
  const { onEvent, onStoreOutage, timeoutMs, holdMs, fetch, clock, random, waitUntil } = options
  return { onEvent, onStoreOutage, timeoutMs, holdMs, fetch, clock, random, waitUntil }
}
