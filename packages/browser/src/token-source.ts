import { ConfigurationError, createAuthorizedFetch } from '@evergrant/core/source'
import type { AccessTokenSource, AuthorizedRequest, VariantOptions } from '@evergrant/core/source'
import { abortable } from './abortable.ts'
import type { ApiTargets } from './api-targets.ts'
import type { ServerSession } from './auth-routes.ts'
import { supersededError, tokenNotExposed } from './route-error.ts'
import type { TabSession } from './tab-session.ts'
import type { TokenKeeper } from './token-keeper.ts'

/** What a source works with. */
export interface TokenSourceOptions {
  readonly session: TabSession
  readonly targets: ApiTargets
  readonly send: typeof globalThis.fetch
  /** Keeps everything open during a call. */
  readonly during: <T>(call: () => Promise<T>) => Promise<T>
  /** Asks the server soon who is signed in. */
  readonly checkSession: () => void
}

/** In whose name an attempt was made, and with which token. */
interface Attempt {
  readonly signInId: string
  readonly keeper?: TokenKeeper | undefined
  readonly accessToken?: string | undefined
}

type SignedIn = Extract<ServerSession, { status: 'authenticated' }>

/** Makes the source of one scope; empty: the scope that was granted. All sources of a page share their session. */
export function createTokenSource(options: TokenSourceOptions, scope = ''): AccessTokenSource {
  const { session, targets, send, during, checkSession } = options
  const attempts = new WeakMap<AuthorizedRequest, Attempt>()

  const signedIn = async (): Promise<SignedIn> => {
    const known = await session.ready()
    if (known.status === 'unauthenticated') throw session.nobody()
    return known
  }

  const getAccessToken: AccessTokenSource['getAccessToken'] = ({ signal, ...asked } = {}) =>
    during(() =>
      abortable(signal, async () => {
        const { mode, signInId } = await signedIn()
        if (mode === 'proxy') throw tokenNotExposed()
        return (await session.keeper(signInId, scope).get(asked)).accessToken
      }),
    )

  const attempt = async (
    url: string | URL,
    replayOf: AuthorizedRequest | undefined,
  ): Promise<AuthorizedRequest> => {
    const { mode, signInId } = await signedIn()
    if (replayOf && attempts.get(replayOf)?.signInId !== signInId) throw supersededError()
    const target = targets.resolve(url, mode)
    if (mode === 'proxy') {
      if (scope !== '') throw noScopes()
      const headers = new Headers({ 'x-evergrant': '1', 'x-evergrant-sign-in': signInId })
      return remember({ url: target, headers }, { signInId })
    }
    const keeper = session.keeper(signInId, scope)
    const { accessToken } = await keeper.get()
    const headers = new Headers({ authorization: `Bearer ${accessToken}` })
    return remember({ url: target, headers }, { signInId, keeper, accessToken })
  }

  const remember = (request: AuthorizedRequest, made: Attempt): AuthorizedRequest => {
    attempts.set(request, made)
    return request
  }

  const authorize: AccessTokenSource['authorize'] = ({ url }, { signal, replayOf } = {}) =>
    during(() => {
      targets.check(url)
      return abortable(signal, () => attempt(url, replayOf))
    })

  const settle: AccessTokenSource['settle'] = (request, result) => {
    const made = attempts.get(request)
    const status = result === 'rejected' ? 401 : result.status
    if (made?.keeper === undefined || made.accessToken === undefined) {
      // The server has replayed already. 409: somebody else may be signed in.
      if (made && (status === 401 || status === 409)) checkSession()
      return 'done'
    }
    if (status === 401) return made.keeper.refuse(made.accessToken)
    made.keeper.accept(made.accessToken)
    return 'done'
  }

  return {
    getAccessToken,
    authorize,
    settle,
    fetch: createAuthorizedFetch({ authorize, settle }, send),
    variant: narrower => createTokenSource(options, scopeOf(narrower)),
  }
}

function scopeOf({ scope = '', resource }: VariantOptions): string {
  if (resource !== undefined) {
    throw new ConfigurationError('These tokens have no variant for a resource', [
      'The auth routes know scopes only. Ask for a scope instead.',
    ])
  }
  return [...new Set(scope.split(/\s+/).filter(Boolean))].toSorted().join(' ')
}

function noScopes(): ConfigurationError {
  return new ConfigurationError('These tokens have no variants', [
    'In proxy mode the server decides the scope of the token that it sends.',
  ])
}
