import type { AttemptResult, AuthorizedRequest, AuthorizeOptions } from './access-token-source.ts'
import { isRejection } from './challenge.ts'
import type { Credential } from './credential.ts'

import { decide } from './refresh-policy.ts'
import { resolveUrl } from './resource.ts'
import { supersededWhileWaiting } from './superseded-while-waiting.ts'

/** What was sent with an attempt. */
interface Sent {
  readonly token: string
  readonly family: string | undefined
  /** Whether the token was known as refused by then. An answer to an earlier attempt proves nothing against that. */
  readonly wasRefused: boolean
}

/** What attempts work with. */
export interface AuthorizedAttemptsOptions {
  readonly credential: Credential
  /** The variant's key. */
  readonly key: string
  readonly getAccessToken: (options?: { readonly signal: AbortSignal }) => Promise<string>
  /** The API refused the token in use. */
  readonly onRefused: () => void
}

const mostRounds = 3

/** Puts access tokens on requests, and learns from the answers whether they were taken. */
export class AuthorizedAttempts {
  readonly #options: AuthorizedAttemptsOptions
  readonly #sent = new WeakMap<AuthorizedRequest, Sent>()
  #header: { readonly token: string; readonly headers: Headers } | undefined

  constructor(options: AuthorizedAttemptsOptions) {
    this.#options = options
  }

  readonly authorize = async (
    request: { readonly url: string | URL; readonly method: string },
    options?: AuthorizeOptions,
  ): Promise<AuthorizedRequest> => {
    const { credential, key } = this.#options
    const { resource, provider } = credential.environment.authorization
    const url = resolveUrl(resource, request.url, provider).href
    const { token, family } = await this.#tokenAndFamily(options?.signal)
    const before = options?.replayOf && this.#sent.get(options.replayOf)
    // What one person sent is never sent again in the name of the next.
    if (before !== undefined && before.family !== family) throw supersededWhileWaiting()
    const attempt = { url, headers: this.#headersFor(token) }
    const wasRefused = credential.variants.isRejected(key)
    this.#sent.set(attempt, { token, family, wasRefused })
    return attempt
  }

  readonly settle = (attempt: AuthorizedRequest, result: AttemptResult): 'done' | 'replay' => {
    const { credential, key, onRefused } = this.#options
    const sent = this.#sent.get(attempt)
    if (sent === undefined) return 'done'
    if (!isRejection(result)) {
      if (sent.wasRefused && isSuccess(result)) credential.variants.noteAcceptance(key, sent.token)
      return 'done'
    }
    const isCurrent = credential.variants.noteRejection(key, sent.token)
    if (isCurrent) onRefused()
    const willReplay = isCurrent ? this.#mayRefresh() : this.#hasSuccessor(sent.family)
    credential.environment.emit({ type: 'token-rejected', isCurrent, willReplay })
    return willReplay ? 'replay' : 'done'
  }

  // Checking a long value costs more than everything else here; a copy is not checked again.
  #headersFor(token: string): Headers {
    if (this.#header?.token !== token)
      this.#header = { token, headers: new Headers({ authorization: `Bearer ${token}` }) }
    return new Headers(this.#header.headers)
  }

  #mayRefresh(): boolean {
    const { credential, key } = this.#options
    const { action } = decide(credential.policyState(key))
    return action === 'refresh' || action === 're-grant'
  }

  #hasSuccessor(family: string | undefined): boolean {
    const { credential, key } = this.#options
    return credential.accessToken(key) !== undefined && credential.held?.record.family === family
  }

  // Between a promise and its reader somebody else may sign in: the two must be of one record.
  async #tokenAndFamily(
    signal: AbortSignal | undefined,
  ): Promise<{ token: string; family: string | undefined }> {
    const { credential, key, getAccessToken } = this.#options
    for (let round = 0; round < mostRounds; round++) {
      const token = await getAccessToken(signal && { signal })
      const family = credential.held?.record.family
      if (credential.accessToken(key)?.token === token) return { token, family }
    }
    throw supersededWhileWaiting()
  }
}

function isSuccess(result: AttemptResult): boolean {
  return result !== 'rejected' && result.status >= 200 && result.status < 300
}
