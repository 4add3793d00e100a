import { ConfigurationError } from '@evergrant/core/source'
import type { AuthCall, AuthMode, AuthRoute } from './auth-routes-contract.ts'
import { sessionRoute, signInRoute, signOutRoute } from './auth-routes-session.ts'
import { tokenRoute } from './auth-routes-token.ts'
import { errorAnswer, methodNotAllowedAnswer, refusalAnswer } from './error-answer.ts'
import { checkBrowserRequest, originProblems } from './request-guard.ts'
import type { Refusal } from './request-guard.ts'
import { logFaults } from './log-faults.ts'
import type { RequestSession, SessionSource } from './request-session.ts'
import { tellQuietly } from './tell-quietly.ts'

/** Options of {@link createAuthHandler}. */
export interface AuthHandlerOptions {
  /**
   * Whether pages may ask for the access token itself, by `POST token`. Default `false`: it stays on the server, and
   * pages send their requests through the API proxy.
   */
  readonly tokenMediation?: boolean | undefined
  /** The origins of your pages, where a proxy in front changes the `Host` header. Default: the request's own origin. */
  readonly origins?: readonly string[] | undefined
  /** Returns the time in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /**
   * Receives every error that is answered, whole, before the answer is sent, and why a provider did not confirm a
   * sign-out: the place to log them, because clients see a general sentence only. What it throws is ignored. Default:
   * errors that only you can mend (answered 500) are printed.
   */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
}

/** What is known of a request beside the request itself. */
export interface AuthRequestContext {
  /** The client's IP address, for the limit of tries per address. Absent: only the tries per account are limited. */
  readonly clientAddress?: string | undefined
}

/** Answers the auth routes. Never rejects. */
export type AuthHandler = (request: Request, context?: AuthRequestContext) => Promise<Response>

/**
 * Makes the handler of the auth routes. The last segment of the path names the route: `POST sign-in`, `POST sign-out`,
 * `GET session` and, with `tokenMediation`, `POST token`. Every request must carry the header `x-evergrant: 1` and come
 * from a page of the same origin. Answers are JSON, set the session's cookies and are stored by no cache; errors are
 * `{ error: { code, message } }`.
 * @throws {ConfigurationError} `sessions` is no source of sessions, or an origin is none
 * @see RFC 10017 §6.1, §6.2
 */
export function createAuthHandler(sessions: SessionSource, options: AuthHandlerOptions = {}): AuthHandler {
  assertOptions(sessions, options)
  const { tokenMediation = false, origins, now = Date.now, onError = logFaults } = options
  const mode: AuthMode = tokenMediation ? 'mediated' : 'proxy'
  return async (request, { clientAddress } = {}) => {
    const tell = (error: unknown): void => tellQuietly(() => onError(error, request))
    let session: RequestSession | undefined
    let answer: Response
    try {
      session = sessions.for(request)
      const call: AuthCall = { request, session, clientAddress, mode, now, onError: tell }
      answer = await answerCall(call, origins)
      session.writeTo(answer.headers)
    } catch (error) {
      tell(error)
      answer = errorAnswer(error, { now }) ?? refusalAnswer(unexpected)
    }
    return request.method === 'HEAD' ? new Response(null, answer) : answer
  }
}

// Further routes, such as those of a redirect to the authorization server, are entered here.
const routes: ReadonlyMap<string, AuthRoute> = new Map([
  ['sign-in', signInRoute],
  ['sign-out', signOutRoute],
  ['session', sessionRoute],
  ['token', tokenRoute],
])

async function answerCall(call: AuthCall, origins: readonly string[] | undefined): Promise<Response> {
  const { request, mode, now, onError } = call
  const refusal = checkBrowserRequest(request, { origins, allowsReadsWithoutHeader: false })
  if (refusal !== undefined) return refusalAnswer(refusal)
  const name = new URL(request.url).pathname.split('/').at(-1) ?? ''
  const route = routes.get(name)
  if (route === undefined) return refusalAnswer(notFound)
  if (route === tokenRoute && mode === 'proxy') return refusalAnswer(notMediated)
  if (!route.methods.includes(request.method)) return methodNotAllowedAnswer(route.methods)
  try {
    return await route.answer(call)
  } catch (error) {
    onError(error)
    // Here and not by the caller, so that the answer carries the cookies of a session that ended over it.
    return errorAnswer(error, { now, isSignIn: route.isSignIn }) ?? refusalAnswer(unexpected)
  }
}

const notFound: Refusal = { status: 404, code: 'not_found', message: 'There is no such route.' }

const notMediated: Refusal = {
  status: 404,
  code: 'not_found',
  message:
    'The access token stays on the server. The option tokenMediation of createAuthHandler would change that.',
}

const unexpected: Refusal = {
  status: 500,
  code: 'internal_error',
  message: 'The server could not answer the request.',
}

function assertOptions(sessions: SessionSource, { origins, now, onError }: AuthHandlerOptions): void {
  const problems = originProblems(origins)
  if (typeof sessions?.for !== 'function')
    problems.push('sessions must be a source of sessions, such as createSessions().')
  if (now !== undefined && typeof now !== 'function')
    problems.push('now must be a function that returns milliseconds.')
  if (onError !== undefined && typeof onError !== 'function') problems.push('onError must be a function.')
  if (problems.length > 0) throw new ConfigurationError('createAuthHandler cannot work', problems)
}
