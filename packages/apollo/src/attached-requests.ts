import type { ApolloLink } from '@apollo/client/link'
import type { AuthorizedRequest } from '@evergrant/core/source'

/** What is asked of the source. */
export interface Target {
  readonly url: string
  readonly method: string
  /** The caller's own. */
  readonly signal?: AbortSignal | null
}

/** The part of an operation's context that counts here. */
interface Context {
  readonly uri?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly fetchOptions?: { readonly method?: string; readonly signal?: AbortSignal | null }
}

/** Puts what was authorized on operations. One that comes again, from a link that retries, begins as it came first. */
export class AttachedRequests {
  readonly #attached = new WeakMap<
    ApolloLink.Operation,
    { readonly asked: string; readonly sent: AuthorizedRequest }
  >()

  /** `fallback`: where operations go that name no other place. */
  targetOf(operation: ApolloLink.Operation, fallback: string): Target {
    const { uri, fetchOptions } = contextOf(operation)
    const earlier = this.#attached.get(operation)
    const url = earlier && uri === earlier.sent.url ? earlier.asked : uri || fallback
    return { method: 'POST', ...fetchOptions, url }
  }

  attach(operation: ApolloLink.Operation, target: Target, sent: AuthorizedRequest): void {
    const earlier = this.#attached.get(operation)?.sent.headers
    const headers = { ...contextOf(operation).headers }
    for (const name of Object.keys(headers)) {
      if (sent.headers.has(name) || earlier?.has(name)) delete headers[name]
    }
    this.#attached.set(operation, { asked: target.url, sent })
    // The response of an earlier attempt must not speak for this one.
    operation.setContext({
      uri: sent.url,
      headers: { ...headers, ...Object.fromEntries(sent.headers) },
      response: undefined,
    })
  }
}

function contextOf(operation: ApolloLink.Operation): Context {
  return operation.getContext() as Context
}
