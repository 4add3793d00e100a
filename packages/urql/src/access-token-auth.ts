import { isTokenRefused } from '@evergrant/core/source'
import type { AccessTokenSource, GraphQLErrorLike } from '@evergrant/core/source'
import { makeOperation } from '@urql/core'
import type { CombinedError, Operation } from '@urql/core'
import type { AuthConfig } from '@urql/exchange-auth'
import { OperationFetch } from './operation-fetch.ts'

/** Options of {@link accessTokenAuth}. */
export interface AccessTokenAuthOptions {
  /** Decides whether the errors of an answer refuse the access token. Default `isTokenRefused`. */
  readonly isRefused?: ((errors: readonly GraphQLErrorLike[]) => boolean) | undefined
}

/**
 * Makes what `authExchange` takes. Each operation gets the access token when it is sent, so that nobody waits for another's
 * refresh; a 401 or `UNAUTHENTICATED` is answered with one retry, and a late one, for a token that was replaced meanwhile,
 * with the current token and no refresh. Concurrent operations share one refresh. A second refusal is the result. A mutation
 * that has done something, because a part of it was executed, is not sent again.
 * A function that resolves to a token becomes a source by `toSource`.
 * @throws whatever `source.authorize` throws, as the `networkError` of the result
 * @example
 * const client = new Client({ url, exchanges: [cacheExchange, authExchange(accessTokenAuth(tokens)), fetchExchange] })
 */
export function accessTokenAuth(
  source: Pick<AccessTokenSource, 'authorize' | 'settle'>,
  { isRefused = isTokenRefused }: AccessTokenAuthOptions = {},
): () => Promise<AuthConfig> {
  /** Operations are copied on their way; the `fetch` that they carry stays the same one. */
  const sendings = new WeakMap<typeof globalThis.fetch, OperationFetch>()
  const sendingOf = ({ context }: Operation): OperationFetch | undefined =>
    context.fetch && sendings.get(context.fetch)

  const addAuthToOperation = (operation: Operation): Operation => {
    if (operation.kind === 'teardown') return operation
    const earlier = sendingOf(operation)
    const refused = earlier?.beginReplay() === true ? earlier : undefined
    const sending = new OperationFetch({
      source,
      send: earlier?.send ?? operation.context.fetch,
      before: refused,
      isMutation: operation.kind === 'mutation',
    })
    sendings.set(sending.fetch, sending)
    // An operation that is executed again, as polling does, may be replayed again.
    const context = { ...operation.context, authAttempt: refused !== undefined, fetch: sending.fetch }
    return makeOperation(operation.kind, operation, context)
  }

  const didAuthError = (error: CombinedError, operation: Operation): boolean =>
    sendingOf(operation)?.isReplayedAfter(error, isRefused) ?? false

  return async () => ({ addAuthToOperation, didAuthError, refreshAuth })
}

// There is nothing to wait for: the retry asks for its token itself, and all who ask share one refresh.
async function refreshAuth(): Promise<void> {}
