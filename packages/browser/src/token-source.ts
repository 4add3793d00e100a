import { ConfigurationError, createAuthorizedFetchWith } from '@evergrant/core/source'
import type { AccessTokenSource, AuthorizedRequest, VariantOptions } from '@evergrant/core/source'
import { abortable } from './abortable.ts'
import type { ApiTargets } from './api-targets.ts'
import type { BrowserTokens } from './browser-tokens.ts'
import { bufferedRequest } from './buffered-request.ts'
import { supersededError, tokenNotExposed } from './route-error.ts'
import type { TabSession } from './tab-session.ts'
import type { TokenKeeper } from './token-keeper.ts'

/** A source whose methods are bound. */
export type TokenSource = Pick<BrowserTokens, keyof AccessTokenSource>

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

/** Makes the source of one scope; empty: the scope that was granted. All sources of a page share their session. */
export function createTokenSource(options: TokenSourceOptions, scope = ''): TokenSource {
  const { session, targets, send, during, checkSession } = options
  const attempts = new WeakMap<AuthorizedRequest, Attempt>()

  const getAccessToken: AccessTokenSource['getAccessToken'] = ({ signal, ...asked } = {}) =>
    during(() =>
      abortable(signal, async () => {
        const keeper = session.keeper(await session.signedIn(), scope)
        if (!keeper) throw tokenNotExposed()
        return (await keeper.get(asked)).accessToken
      }),
    )

  const attempt = async (
    url: string | URL,
    replayOf: AuthorizedRequest | undefined,
  ): Promise<AuthorizedRequest> => {
    const signedIn = await session.signedIn()
    const { mode, signInId } = signedIn
    if (replayOf && attempts.get(replayOf)?.signInId !== signInId) throw supersededError()
    const target = targets.resolve(url, mode)
    const keeper = session.keeper(signedIn, scope)
    const accessToken = keeper && (await keeper.get()).accessToken
    if (!keeper && scope !== '') throw noScopes()
    const headers = new Headers(
      keeper
        ? { authorization: `Bearer ${accessToken}` }
        : { 'x-evergrant': '1', 'x-evergrant-sign-in': signInId },
    )
    const request = { url: target, headers }
    attempts.set(request, { signInId, keeper, accessToken })
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
    fetch: createAuthorizedFetchWith(bufferedRequest, { authorize, settle }, send),
    variant: narrower => createTokenSource(options, scopeOf(narrower)),
  }
}

function scopeOf({ scope = '', resource }: VariantOptions): string {
  if (resource !== undefined) {
    throw new ConfigurationError('These tokens have no variant for a resource', ['Ask for a scope instead.'])
  }
  return [...new Set(scope.split(/\s+/).filter(Boolean))].toSorted().join(' ')
}

function noScopes(): ConfigurationError {
  return new ConfigurationError('These tokens have no variants', [
    'In proxy mode the server decides the scope.',
  ])
}
