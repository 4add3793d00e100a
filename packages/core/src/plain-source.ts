import type {
  AccessTokenSource,
  AuthorizedRequest,
  AuthorizeOptions,
  GetAccessTokenOptions,
} from './access-token-source.ts'
import { createAuthorizedFetch } from './authorized-fetch.ts'
import { isRejection } from './challenge.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { ReauthorizationRequiredError } from './errors/reauthorization-required-error.ts'
import { resolveUrl } from './resource.ts'
import { urlProblems } from './validate.ts'

/** Any function that resolves to an access token; nothing, where nobody is signed in. It may ignore what it is given. */
export type GetAccessToken = (options?: GetAccessTokenOptions) => Promise<string | null | undefined>

/** Where the tokens of a plain function may go: it cannot say so itself. */
export interface PlainSourceOptions {
  /** Relative URLs resolve below this one. Its origin gets the token. Absent: absolute URLs only. */
  readonly baseUrl?: string | undefined
  /** Further origins that get the token. Default: none. */
  readonly origins?: readonly string[] | undefined
  /** Plain http to another host than loopback. Default false. */
  readonly allowInsecureHttp?: boolean | undefined
  /** Sends the requests of `fetch`. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** An attempt with a token of a plain function. */
interface Attempt {
  readonly token: string
  /** Whether it answers a refusal: then its own causes none. */
  readonly isReplay: boolean
  isRefused: boolean
}

const nameOfPlain = 'The getAccessToken function'

/**
 * Makes an {@link AccessTokenSource} of a function that resolves to an access token; a source is returned as it is.
 * The function is asked for each request, because it may answer for another user each time: sharing an exchange among
 * concurrent calls is its own matter. After a 401 it is asked again, with `forceRefresh` if it still gives the refused
 * token; if nothing newer comes, nothing is replayed.
 * @throws {ConfigurationError} neither a baseUrl nor an origin is given, one is no https URL, or a source came with origins
 */
export function toSource(
  given: AccessTokenSource | GetAccessToken,
  options: PlainSourceOptions = {},
): AccessTokenSource {
  if (typeof given === 'function') return createPlainSource(given, options)
  if (typeof given?.authorize === 'function') {
    if (options.origins === undefined) return given
    throw new ConfigurationError('A source knows its origins', [
      'Leave origins out, and configure them where the source is made.',
    ])
  }
  throw new ConfigurationError('This is no source of access tokens', [
    'Pass a token manager, the tokens of @evergrant/browser, or a function that resolves to an access token.',
  ])
}

function createPlainSource(ask: GetAccessToken, options: PlainSourceOptions): AccessTokenSource {
  const resource = { baseUrl: options.baseUrl, origins: originsOf(options) }
  const attempts = new WeakMap<AuthorizedRequest, Attempt>()

  const getAccessToken: AccessTokenSource['getAccessToken'] = async (asked = {}) => {
    asked.signal?.throwIfAborted()
    // Without types, the function may also return the token itself.
    return checked(await orAborted(asked.signal, Promise.resolve(ask(asked))))
  }

  // Somebody else may have refreshed already: a new token is forced only if the refused one comes back.
  const getNewer = async (refused: string, signal: AbortSignal | undefined): Promise<string> => {
    const token = await getAccessToken({ signal })
    return token === refused ? getAccessToken({ signal, forceRefresh: true }) : token
  }

  const authorize = async (
    { url }: { readonly url: string | URL },
    { signal, replayOf }: AuthorizeOptions = {},
  ): Promise<AuthorizedRequest> => {
    const target = resolveUrl(resource, url, nameOfPlain).href
    const before = replayOf && attempts.get(replayOf)
    // What is repeated for another reason, as a connection that broke, needs no other token.
    const isReplay = before?.isRefused === true
    const token = await (isReplay ? getNewer(before.token, signal) : getAccessToken({ signal }))
    const attempt = { url: target, headers: new Headers({ authorization: `Bearer ${token}` }) }
    attempts.set(attempt, { token, isReplay, isRefused: false })
    return attempt
  }

  const settle: AccessTokenSource['settle'] = (request, result) => {
    const attempt = attempts.get(request)
    if (attempt === undefined || !isRejection(result)) return 'done'
    attempt.isRefused = true
    return attempt.isReplay ? 'done' : 'replay'
  }

  const send: typeof globalThis.fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init)
  return {
    getAccessToken,
    authorize,
    settle,
    fetch: createAuthorizedFetch({ authorize, settle }, send),
    variant: refuseVariant,
  }
}

function originsOf({ baseUrl, origins = [], allowInsecureHttp = false }: PlainSourceOptions): string[] {
  const problems = baseUrl === undefined ? [] : urlProblems('baseUrl', baseUrl, allowInsecureHttp)
  for (const origin of origins) problems.push(...urlProblems('origins', origin, allowInsecureHttp))
  const urls = baseUrl === undefined ? origins : [baseUrl, ...origins]
  if (urls.length === 0) {
    problems.push('Pass baseUrl, origins, or both: nothing else tells where the access token may be sent.')
  }
  if (problems.length > 0) throw new ConfigurationError(`${nameOfPlain} cannot be used`, problems)
  return urls.map(url => new URL(url).origin)
}

// A message of Headers would show the token.
function checked(token: string | null | undefined): string {
  if (token === undefined || token === null || token === '') {
    const message = `${nameOfPlain} has no access token: somebody must sign in.`
    throw new ReauthorizationRequiredError(message, { reason: 'never-signed-in' })
  }
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token
  throw new ConfigurationError(`${nameOfPlain} cannot be used`, [
    'It must resolve to an access token that a header can carry.',
  ])
}

/** Detaches the caller; the work goes on. */
function orAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', leave, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

function refuseVariant(): never {
  throw new ConfigurationError(`${nameOfPlain} has no variants`, [
    'Make a source of another function for another scope or resource.',
  ])
}
