import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { promiseWithResolver } from './core-under-test.ts'

/** What a server has received. */
export interface ReceivedRequest {
  readonly url: string
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/**
 * Two servers on loopback: an API that accepts the tokens that were issued and not refused, and a foreign one that
 * answers 401 to everybody and remembers what it was told.
 */
export class ApiServers {
  readonly received: ReceivedRequest[] = []
  readonly foreign: ReceivedRequest[] = []
  /** Tokens that the API answers with 401. */
  readonly refused: Set<string> = new Set()
  refusesEverything = false
  readonly #issued: readonly string[]
  readonly #api: Server = createServer((request, response) => void this.#answer(request, response))
  readonly #foreign: Server = createServer((request, response) => void this.#answerForeign(request, response))
  #gate: Promise<void> | undefined

  constructor(issued: readonly string[]) {
    this.#issued = issued
  }

  async start(): Promise<void> {
    await Promise.all([this.#api, this.#foreign].map(listen))
  }

  async close(): Promise<void> {
    await Promise.all([this.#api, this.#foreign].map(close))
  }

  get baseUrl(): string {
    return `${originOf(this.#api)}/v1/`
  }

  get foreignUrl(): string {
    return `${originOf(this.#foreign)}/`
  }

  /** The path that redirects to `target`. */
  redirectTo(target: string, status: number): string {
    return `${this.baseUrl}redirect/${status}?to=${encodeURIComponent(target)}`
  }

  /** Lets answers to paths with `held` wait until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = promiseWithResolver()
    this.#gate = promise
    return () => {
      this.#gate = undefined
      resolve()
    }
  }

  /** Resolves as soon as the API has received `count` requests. */
  async hasReceived(count: number): Promise<void> {
    while (this.received.length < count) await new Promise(resolve => setImmediate(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url, headers } = await remember(request, this.received)
    const token = headers.authorization?.replace(/^Bearer /, '') ?? ''
    if (url.includes('held')) await this.#gate
    const redirect = /redirect\/(\d+)\?to=(.*)/.exec(url)
    if (redirect) {
      response.writeHead(Number(redirect[1]), { location: decodeURIComponent(redirect[2] ?? '') }).end()
    } else if (this.refusesEverything || this.refused.has(token) || !this.#issued.includes(token)) {
      const challenge = 'Bearer realm="api, v1", error="invalid_token"'
      response.writeHead(401, { 'www-authenticate': challenge }).end('refused')
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"answer":"fine"}}')
    }
  }

  async #answerForeign(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await remember(request, this.foreign)
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"data":{"answer":"foreign"}}')
  }
}

async function remember(request: IncomingMessage, list: ReceivedRequest[]): Promise<ReceivedRequest> {
  const body = await text(request).catch(() => '')
  const received = { url: request.url ?? '', method: request.method ?? '', headers: request.headers, body }
  list.push(received)
  return received
}

function listen(server: Server): Promise<void> {
  return new Promise(resolve => void server.listen(0, '127.0.0.1', resolve))
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise(resolve => void server.close(() => resolve()))
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
