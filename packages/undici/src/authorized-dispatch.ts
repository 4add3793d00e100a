import { isSameToken } from '@evergrant/core/source'
import type { AccessTokenSource, AuthorizedRequest } from '@evergrant/core/source'
import type { Dispatcher } from 'undici'
import { AttemptHandler } from './attempt-handler.ts'
import { RepeatableBody } from './repeatable-body.ts'
import { withHeaders } from './request-headers.ts'
import { StableController } from './stable-controller.ts'
import { webHeaders } from './web-headers.ts'

/** A request that says where it goes. */
type BoundRequest = Dispatcher.DispatchOptions & { readonly origin: string }

/** One request: authorized, sent, settled, and sent at most once more. */
export class AuthorizedDispatch {
  readonly #source: AccessTokenSource
  readonly #dispatch: Dispatcher.Dispatch
  readonly #request: BoundRequest
  readonly #handler: Dispatcher.DispatchHandler
  readonly #body: RepeatableBody
  readonly #controller = new StableController()
  readonly #context = {}

  constructor(
    source: AccessTokenSource,
    dispatch: Dispatcher.Dispatch,
    request: BoundRequest,
    handler: Dispatcher.DispatchHandler,
  ) {
    this.#source = source
    this.#dispatch = dispatch
    this.#request = request
    this.#handler = handler
    this.#body = new RepeatableBody(request)
  }

  start(): void {
    // Now, and not with the first attempt: whoever made the request may abort while the token is awaited.
    this.#handler.onRequestStart?.(this.#controller, this.#context)
    void this.#run()
  }

  async #run(): Promise<void> {
    try {
      this.#send(await this.#authorize())
    } catch (error) {
      this.#fail(error)
    }
  }

  async #replay(first: AuthorizedRequest, refused: AttemptHandler): Promise<void> {
    try {
      const second = await this.#authorize(first)
      // There is no newer token: the refusal stands.
      if (isSameToken(first, second)) return refused.release()
      refused.discard()
      this.#send(second, true)
    } catch (error) {
      refused.discard()
      this.#fail(error)
    }
  }

  async #authorize(replayOf?: AuthorizedRequest): Promise<AuthorizedRequest> {
    const { origin, path, method } = this.#request
    const { signal } = this.#controller
    signal.throwIfAborted()
    const attempt = await this.#source.authorize({ url: urlOf(origin, path), method }, { signal, replayOf })
    signal.throwIfAborted()
    return attempt
  }

  #send(attempt: AuthorizedRequest, isReplay = false): void {
    const { origin, pathname, search } = new URL(attempt.url)
    const handler = new AttemptHandler({
      handler: this.#handler,
      controller: this.#controller,
      context: this.#context,
      isRefused: (status, headers, url) => {
        // A redirect led elsewhere without the token: what stands there says nothing about it.
        if (url !== undefined && url.origin !== origin) return false
        const verdict = this.#source.settle(attempt, { status, headers: webHeaders(headers) })
        return verdict === 'replay' && !isReplay && this.#body.canRepeat
      },
      onRefused: refused => void this.#replay(attempt, refused),
    })
    this.#dispatch(
      {
        ...this.#request,
        origin,
        path: pathname + search,
        headers: withHeaders(this.#request.headers, attempt.headers),
        body: this.#body.next(),
      },
      handler,
    )
  }

  #fail(error: unknown): void {
    const { signal } = this.#controller
    const reason: unknown = signal.aborted ? signal.reason : error
    this.#handler.onResponseError?.(this.#controller, reason as Error)
  }
}

// "//host/" is a path here, and would be another host in a URL.
function urlOf(origin: string, path: string): string {
  return `${origin}${path.startsWith('/') ? '' : '/'}${path}`
}
