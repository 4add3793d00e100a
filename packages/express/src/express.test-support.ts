import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:http'
import { Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createTokenManager, createUserTokens, memoryStore, passwordGrant } from '@evergrant/core'
import type { TokenManager, UserTokens } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { travis, truphone } from '@evergrant/providers'
import { createSessions } from '@evergrant/server'
import type { RequestSession, Sessions } from '@evergrant/server'
import { VirtualClock } from '@evergrant/testing'
import express5 from 'express'
import type { Express, Request, RequestHandler, Response as Answer } from 'express'
import express4 from 'express4'
import { afterEach } from 'vitest'

/** Both versions, under the types of the newer one. */
export const versions: readonly [string, typeof express5][] = [
  ['Express 4', express4 as unknown as typeof express5],
  ['Express 5', express5],
]

export const modes = ['store', 'cookie'] as const
export type Mode = (typeof modes)[number]

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** Serves until the test is over. */
export async function serve(app: Express): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(app)
  servers.push(server)
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

/** What was sent over no connection. */
export interface SentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** A request without a connection, and its answer, which is JSON. */
export function unconnected(url: string): {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly sent: Promise<SentAnswer>
} {
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url })
  // Headers that are given with the head are told apart from others only in an answer that has some.
  const response = new ServerResponse(request).setHeader('X-Framework', 'test')
  let text = ''
  const take = (chunk?: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) text += Buffer.from(chunk).toString()
  }
  const sent = new Promise<SentAnswer>(resolve => {
    response.write = ((chunk: unknown) => (take(chunk), true)) as typeof response.write
    response.end = ((chunk?: unknown) => {
      take(chunk)
      resolve({ status: response.statusCode, headers: response.getHeaders(), body: JSON.parse(text) })
      return response
    }) as typeof response.end
  })
  return { request, response, sent }
}

/** Emulated providers with a clock that tests move, and what an application makes of them. */
export interface World {
  readonly clock: VirtualClock
  readonly emulator: Emulator
  readonly fleet: TokenManager
  readonly users: UserTokens
  readonly sessions: (mode: Mode) => Sessions
  readonly customer: (index: number) => { username: string; password: string }
  /** Signs the user in under the same name at TRAVIS. */
  readonly signIn: (userId: string, index: number) => Promise<void>
  readonly refreshes: () => number
  readonly apiUrl: string
}

export function createWorld(): World {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall, schedule: clock.schedule })
  emulator.travis.configure({ rotation: 'reuse-detection' })
  const shared = { store: memoryStore({ clock }), clock, fetch: emulator.fetch }
  const { customerClient, customers } = emulator.travis.credentials
  const { apiUrl } = emulator.travis.endpoints()
  const authorization = travis.customers({ ...customerClient, apiUrl })
  const users = createUserTokens(authorization, shared)
  const customer: World['customer'] = index => customers[index] ?? customers[0]
  const { clientId, clientSecret } = emulator.truphone.credentials
  return {
    clock,
    emulator,
    fleet: createTokenManager(truphone({ clientId, clientSecret }), shared),
    users,
    customer,
    sessions: mode =>
      createSessions({
        ...shared,
        authorization,
        tokensIn: mode,
        ...(mode === 'cookie' && { keys: 'fake-session-key-Wm4tQ9xL2vB7nR5cK8' }),
      }),
    signIn: (userId, index) => users.for(userId).signIn(passwordGrant(customer(index))),
    refreshes: () => emulator.journal.count({ kind: 'token', grantType: 'refresh_token' }),
    apiUrl,
  }
}

/** Whose a token of the emulated TRAVIS is. */
export function usernameIn(accessToken: string): unknown {
  const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as object
  return 'preferred_username' in claims ? claims.preferred_username : undefined
}

/** The session that tests give the name `session`. */
export function sessionIn(request: Request): RequestSession {
  return request.tokens.session
}

/** A page of the site in a browser that keeps cookies. */
export class Page {
  readonly cookies: Map<string, string> = new Map()
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Sends as a script of the page does; headers that are given count, and undefined takes one away. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Response> {
    const all: Record<string, string | undefined> = {
      'x-evergrant': '1',
      'sec-fetch-site': 'same-origin',
      ...(method !== 'GET' && { origin: this.#url }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(this.cookies.size > 0 && { cookie: this.header }),
      ...headers,
    }
    const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const response = await fetch(this.#url + path, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const cookie of response.headers.getSetCookie()) this.#take(cookie)
    return response
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #take(cookie: string): void {
    const [name = '', value = ''] = cookie.split(';')[0]?.split('=') ?? []
    if (cookie.includes('Max-Age=0')) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

/** A handler whose rejection reaches the error handlers in Express 4 as well. */
export function route(handle: (request: Request, response: Answer) => Promise<unknown>): RequestHandler {
  return async (request, response, next) => {
    try {
      await handle(request, response)
    } catch (error) {
      next(error)
    }
  }
}
