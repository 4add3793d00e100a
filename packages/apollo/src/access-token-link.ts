import { ApolloLink } from '@apollo/client/link'
import { hasActed, isSameToken, isTokenRefused } from '@evergrant/core/source'
import type { AccessTokenSource, AuthorizedRequest, GraphQLErrorLike } from '@evergrant/core/source'
import { defer, Observable, Subscription } from 'rxjs'
import { verdictOf } from './answer.ts'
import { AttachedRequests } from './attached-requests.ts'
import { SentOperation } from './sent-operation.ts'

/** What came together with the errors of an answer. */
export interface RefusedAnswer {
  readonly data: unknown
  readonly operation: ApolloLink.Operation
}

/** Options of {@link accessTokenLink}. */
export interface AccessTokenLinkOptions {
  /**
   * The GraphQL endpoint, absolute or below the base of the source. The link decides where an operation goes, so `HttpLink`
   * needs no `uri`; the `uri` in an operation's context goes first. Default `/graphql`.
   */
  readonly uri?: string | undefined
  /**
   * Decides whether the errors of an answer refuse the access token. Default `isTokenRefused`: `UNAUTHENTICATED` and
   * `invalid-jwt`, on any field; never `FORBIDDEN`.
   */
  readonly isRefused?: ((errors: readonly GraphQLErrorLike[], answer: RefusedAnswer) => boolean) | undefined
}

/**
 * Makes a link that attaches the access token before sending, and answers a 401 or `UNAUTHENTICATED` with one refresh and
 * one retry. Concurrent operations share one refresh; a late refusal, of a token that was replaced meanwhile, is retried
 * with the current one. If the refresh fails, the refusal itself is the result. A mutation that has done something, because
 * one of its fields came back, is not sent again. It stands before the terminating link.
 * @throws whatever `source.authorize` throws, as the error of the operation; then nothing was sent
 * @example
 * const link = ApolloLink.from([accessTokenLink(tokens), new HttpLink()])
 */
export function accessTokenLink(
  source: Pick<AccessTokenSource, 'authorize' | 'settle'>,
  { uri = '/graphql', isRefused = isTokenRefused }: AccessTokenLinkOptions = {},
): ApolloLink {
  const requests = new AttachedRequests()

  return new ApolloLink(
    (operation, forward) =>
      new Observable(observer => {
        const abort = new AbortController()
        const work = new Subscription(() => abort.abort())
        const target = requests.targetOf(operation, uri)
        const signal = target.signal ? AbortSignal.any([abort.signal, target.signal]) : abort.signal
        const authorize = (replayOf?: AuthorizedRequest): Promise<AuthorizedRequest> =>
          source.authorize(target, { signal, replayOf })

        const send = (attempt: AuthorizedRequest, isReplay: boolean): void => {
          if (signal.aborted) return observer.error(signal.reason)
          requests.attach(operation, target, attempt)
          let canReplay = !isReplay
          const sent = new SentOperation({
            operation,
            observer,
            isReplayed: answer => {
              const { data, errors } = answer
              const verdict = verdictOf(attempt.url, answer, isRefused(errors, { data, operation }))
              const mayReplay = canReplay
              // Parts that come later are passed on: what was delivered cannot be taken back.
              canReplay = false
              if (!verdict || source.settle(attempt, verdict) === 'done') return false
              return mayReplay && !(operation.operationType === 'mutation' && hasActed(answer))
            },
            replay: async () => {
              const newer = await authorize(attempt).catch(() => attempt)
              // There is no newer token, because the exchange failed: the refusal would come again.
              if (!signal.aborted && isSameToken(attempt, newer)) return false
              subscription.unsubscribe()
              send(newer, true)
              return true
            },
          })
          // Whatever the next link throws becomes the operation's error.
          const subscription = defer(() => forward(operation)).subscribe(sent)
          work.add(subscription)
        }

        authorize()
          .then(attempt => send(attempt, false))
          .catch((error: unknown) => observer.error(error))
        return work
      }),
  )
}
