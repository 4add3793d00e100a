import type {
  AccessTokenSource,
  AttemptResult,
  AuthorizedRequest,
  AuthorizeOptions,
  GetAccessTokenOptions,
  VariantOptions,
} from './access-token-source.ts'
import { createAuthorizedFetch } from './authorized-fetch.ts'
import { isRejection } from './challenge.ts'
import type { Credential } from './credential.ts'
import { NeedsRefreshError } from './errors/needs-refresh-error.ts'
import { decide } from './refresh-policy.ts'
import type { Step } from './refresh-policy.ts'
import { resolveUrl } from './resource.ts'
import { errorForStep } from './step-error.ts'
import { variantKey } from './variant.ts'
import type { Variant } from './variant.ts'

const usable: ReadonlySet<Step['action']> = new Set(['use', 'use-and-refresh'])

// Who may refresh would now wait for the new token; who may not uses the old one as long as it is valid.
function isLate(step: Step): boolean {
  return 'because' in step && step.because === 'mandatory-window'
}

/**
 * One variant of a credential for places that cannot store what a refresh would return: it hands out what is held, and
 * never talks to the authorization server, not even in the background.
 */
export class ReadOnlySource implements AccessTokenSource {
  readonly fetch: typeof globalThis.fetch
  readonly #credential: Credential
  readonly #variant: Variant
  readonly #key: string
  readonly #attempts = new WeakMap<AuthorizedRequest, string>()

  constructor(credential: Credential, variant: Variant) {
    this.#credential = credential
    this.#variant = variant
    this.#key = variantKey(variant)
    this.fetch = createAuthorizedFetch(this, (input, init) => credential.environment.fetch(input, init))
  }

  readonly getAccessToken = async (options: GetAccessTokenOptions = {}): Promise<string> => {
    const credential = this.#credential
    options.signal?.throwIfAborted()
    if (credential.held === undefined || credential.marks.isStale) await credential.look()
    const { minTtlMs, forceRefresh } = options
    const step = decide(credential.policyState(this.#key), { minTtlMs, forceRefresh })
    const held = credential.accessToken(this.#key)
    if (held !== undefined && (usable.has(step.action) || isLate(step))) return held.token
    if (step.action === 'reauthorize') throw errorForStep(credential, step)
    throw new NeedsRefreshError(
      `The access token of ${credential.environment.authorization.provider} is due, and what a refresh returns cannot be stored here. ` +
        'Refresh where cookies can be set (a proxy, a route handler, an action), or keep the tokens in a store.',
    )
  }

  readonly authorize = async (
    request: { readonly url: string | URL; readonly method: string },
    options?: AuthorizeOptions,
  ): Promise<AuthorizedRequest> => {
    const { resource, provider } = this.#credential.environment.authorization
    const url = resolveUrl(resource, request.url, provider).href
    const token = await this.getAccessToken({ signal: options?.signal })
    const attempt = { url, headers: new Headers({ authorization: `Bearer ${token}` }) }
    this.#attempts.set(attempt, token)
    return attempt
  }

  /** A refusal is noted for whoever may refresh; a replay could only send the same token again. */
  readonly settle = (attempt: AuthorizedRequest, result: AttemptResult): 'done' => {
    const token = this.#attempts.get(attempt)
    if (token === undefined || !isRejection(result)) return 'done'
    const isCurrent = this.#credential.variants.noteRejection(this.#key, token)
    this.#credential.environment.emit({ type: 'token-rejected', isCurrent, willReplay: false })
    return 'done'
  }

  readonly variant = (options: VariantOptions): AccessTokenSource =>
    new ReadOnlySource(this.#credential, { ...this.#variant, ...options })
}
