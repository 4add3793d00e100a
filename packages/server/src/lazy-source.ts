import { createAuthorizedFetch } from '@evergrant/core/source'
import type {
  AccessTokenSource,
  AttemptResult,
  AuthorizedRequest,
  AuthorizeOptions,
  GetAccessTokenOptions,
  VariantOptions,
} from '@evergrant/core'

/** What a {@link LazySource} is made of. */
export interface LazySourceOptions {
  /** Finds the source, when it is first needed and at every call. */
  readonly open: () => Promise<AccessTokenSource>
  /** Runs after every call that may have changed the tokens, before its result is handed out. */
  readonly afterwards: () => Promise<void>
  readonly fetch: typeof globalThis.fetch
}

/** A source that has to be found first: an {@link AccessTokenSource} whose every call goes to what `open` finds. */
export class LazySource implements AccessTokenSource {
  readonly fetch: typeof globalThis.fetch
  readonly #options: LazySourceOptions
  readonly #attempts = new WeakMap<AuthorizedRequest, AccessTokenSource>()

  constructor(options: LazySourceOptions) {
    this.#options = options
    this.fetch = createAuthorizedFetch(this, options.fetch)
  }

  readonly getAccessToken = (options?: GetAccessTokenOptions): Promise<string> =>
    this.#with(source => source.getAccessToken(options))

  readonly authorize = (
    request: { readonly url: string | URL; readonly method: string },
    options?: AuthorizeOptions,
  ): Promise<AuthorizedRequest> =>
    this.#with(async source => {
      const attempt = await source.authorize(request, options)
      this.#attempts.set(attempt, source)
      return attempt
    })

  readonly settle = (attempt: AuthorizedRequest, result: AttemptResult): 'done' | 'replay' =>
    this.#attempts.get(attempt)?.settle(attempt, result) ?? 'done'

  readonly variant = (options: VariantOptions): AccessTokenSource =>
    new LazySource({ ...this.#options, open: async () => (await this.#options.open()).variant(options) })

  async #with<T>(call: (source: AccessTokenSource) => Promise<T>): Promise<T> {
    const result = await call(await this.#options.open())
    await this.#options.afterwards()
    return result
  }
}
