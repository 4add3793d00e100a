import { NetworkError } from '@evergrant/core/source'
import type { AccessTokenSource, AuthorizedRequest } from '@evergrant/core/source'
import { errorAnswer, refusalAnswer } from '../error-answer.ts'
import { tellQuietly } from '../tell-quietly.ts'
import { checkBrowserRequest, signInHeaderName } from '../request-guard.ts'
import type { RequestSession } from '../request-session.ts'
import { sessionChanged } from '../session-changed.ts'
import { isSessionSource } from '../session-source.ts'
import type { IncomingAnswer } from '../transport/transport.ts'
import { matchRequest } from './allow-list.ts'
import type { ProxyTokenSource, ResolvedProxy } from './api-proxy-options.ts'
import { readProxiedPath } from './proxied-path.ts'
import {
  bodyNotReplayable,
  methodNotAllowed,
  notAuthorized,
  notForScripts,
  pathNotAllowed,
  ProxyRefusal,
  upstreamUnreachable,
} from './proxy-refusal.ts'
import { targetUrl } from './proxy-target.ts'
import { RequestBody } from './request-body.ts'
import { pickRequestHeaders } from './request-headers.ts'
import { addSessionFields, responseFields } from './response-headers.ts'
import { toResponse, toStraight } from './proxied-answer.ts'
import type { ProxiedAnswer } from './proxied-answer.ts'
import type { StraightAnswer } from '../transport/straight-answer.ts'
import { isForScript } from './script-destination.ts'
import { Attempt } from './send-attempt.ts'

/** One request on its way through the proxy. */
export class ProxiedRequest {
  readonly #proxy: ResolvedProxy
  readonly #source: ProxyTokenSource
  readonly #request: Request
  #session: RequestSession | undefined

  constructor(proxy: ResolvedProxy, source: ProxyTokenSource, request: Request) {
    this.#proxy = proxy
    this.#source = source
    this.#request = request
  }

  /** Passes the request on and resolves to the answer; `prefix` is the path that the proxy lives below. */
  answer(prefix: string): Promise<Response> {
    return this.#answer(prefix, toResponse)
  }

  /** {@link answer} for a server of Node.js: straight where the API's answer comes as its message. */
  answerStraight(prefix: string): Promise<Response | StraightAnswer> {
    return this.#answer<Response | StraightAnswer>(prefix, answer => toStraight(answer) ?? toResponse(answer))
  }

  async #answer<Answer>(
    prefix: string,
    write: (answer: ProxiedAnswer) => Answer,
  ): Promise<Answer | Response> {
    try {
      const url = this.#targetBelow(prefix)
      await this.#admit()
      return write(this.#handBack(await this.#pass(url, await this.#tokens())))
    } catch (error) {
      const response = this.#answerError(error)
      // Also here: an error may end a session.
      this.#session?.writeTo(response.headers)
      return response
    }
  }

  /** Decides from the request alone whether it goes on, and where. */
  #targetBelow(prefix: string): string {
    const { base, allowed, origins } = this.#proxy
    const { method, headers, url } = this.#request
    // A preflight comes from another site by its nature; it learns the methods and gets no header that helps it.
    if (method !== 'OPTIONS') {
      const refusal = checkBrowserRequest(this.#request, { origins, allowsReadsWithoutHeader: true })
      if (refusal !== undefined) throw new ProxyRefusal(refusal)
    }
    if (isForScript(headers)) throw new ProxyRefusal(notForScripts)
    const asked = readProxiedPath(url, prefix)
    if (asked === undefined) throw new ProxyRefusal(pathNotAllowed)
    if ('status' in asked) throw new ProxyRefusal(asked)
    const { isAllowed, methods } = matchRequest(allowed, method, asked.segments)
    if (methods.length === 0) throw new ProxyRefusal(pathNotAllowed)
    if (!isAllowed) throw new ProxyRefusal(methodNotAllowed, { headers: { Allow: methods.join(', ') } })
    const target = targetUrl(base, asked.path, asked.search)
    if (target === undefined) throw new ProxyRefusal(pathNotAllowed)
    return target
  }

  async #admit(): Promise<void> {
    const { authorize } = this.#proxy
    if (authorize === undefined) return
    const isAllowed: unknown = await authorize(this.#request)
    // Not merely truthy: an object must not open the door.
    if (isAllowed !== true) throw new ProxyRefusal(notAuthorized)
  }

  async #tokens(): Promise<AccessTokenSource> {
    const source = this.#source
    if (isSessionSource(source)) {
      this.#session = source.for(this.#request)
      await this.#assertSameSignIn(this.#session)
      return this.#session
    }
    return typeof source === 'function' ? source(this.#request) : source
  }

  // A page that still shows one person must not act in the name of the next, who signed in in another tab.
  async #assertSameSignIn(session: RequestSession): Promise<void> {
    const expected = this.#request.headers.get(signInHeaderName)
    if (expected === null) return
    const state = await session.getState()
    if (state.status === 'authenticated' && state.signInId !== expected)
      throw new ProxyRefusal(sessionChanged)
  }

  async #pass(url: string, tokens: AccessTokenSource): Promise<IncomingAnswer> {
    const { method, signal } = this.#request
    const target = { url, method }
    const first = await tokens.authorize(target, { signal })
    // Not touched before: without a token the body need not even be sent.
    const body = new RequestBody(this.#request, this.#proxy.limits)
    const headers = pickRequestHeaders(this.#request.headers, this.#proxy.headerNames)
    const attempt = this.#attempt(headers)
    const answer = await attempt.send(
      first.url,
      { method, headers: withToken(headers, first) },
      await body.first(attempt),
    )
    if (tokens.settle(first, answer) === 'done') return answer
    // The refused answer is dropped unread, or its connection would stay busy.
    attempt.drop(answer)
    const again = await body.again()
    if (again === undefined) throw new ProxyRefusal(bodyNotReplayable, { headers: { 'Retry-After': '0' } })
    const second = await tokens.authorize(target, { signal, replayOf: first })
    const replayed = await this.#attempt(headers).send(
      second.url,
      { method, headers: withToken(headers, second) },
      again,
    )
    // It counts what a second refusal says about the token, but nobody sends a third time.
    tokens.settle(second, replayed)
    return replayed
  }

  #attempt(headers: Readonly<Record<string, string>>): Attempt {
    const { transport, timeoutMs } = this.#proxy
    // An event stream may have nothing to say for long, and some servers send its headers with the first event.
    const isEventStream = headers['accept']?.includes('text/event-stream') === true
    const { signal } = this.#request
    return new Attempt({ transport, signal, timeoutMs: isEventStream ? undefined : timeoutMs })
  }

  #handBack(answer: IncomingAnswer): ProxiedAnswer {
    const { status } = answer
    if (status < 200 || status > 599) {
      answer.body?.cancel().catch(() => undefined)
      const message = `The API answered with the status ${status}, which no answer can have.`
      const cause = new NetworkError(message, { code: 'network_error', wasSent: true })
      throw new ProxyRefusal(upstreamUnreachable, { cause })
    }
    const all = responseFields(answer.fields(), !this.#proxy.transport.isRaw)
    // Neither has a body: a client would wait for one that was announced.
    const fields = status === 204 || status === 205 ? all.filter(([name]) => name !== 'content-length') : all
    if (this.#session !== undefined) addSessionFields(fields, this.#session)
    return { answer, fields }
  }

  #answerError(error: unknown): Response {
    const request = this.#request
    // Nobody reads it: the client has left. Frameworks would log a rejection as a fault.
    if (request.signal.aborted) return new Response(null, { status: 499 })
    const { now, onError } = this.#proxy
    if (error instanceof ProxyRefusal) {
      if (error.cause !== undefined) tellQuietly(() => onError(error.cause, request))
      const response = refusalAnswer(error.refusal)
      for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value)
      return response
    }
    tellQuietly(() => onError(error, request))
    const response = errorAnswer(error, { now })
    if (response === undefined) throw error
    return response
  }
}

function withToken(
  headers: Readonly<Record<string, string>>,
  authorized: AuthorizedRequest,
): Record<string, string> {
  const all = { ...headers }
  for (const [name, value] of authorized.headers) all[name] = value
  return all
}
