import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryStore, systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { createAuthHandler, createSessions } from '@evergrant/server'
import { toNodeListener } from '@evergrant/server/node'
import { bundle } from './bundle.test-support.ts'
import type { BrowserTokens } from './browser-tokens.ts'

/** What the page offers to the tests. */
export interface PageGlobals {
  tokens: BrowserTokens
  events: string[]
  /** Lets time pass for the tokens of this page. */
  skip: (ms: number) => void
}

const program = `import { createBrowserTokens } from '@evergrant/browser'
let aheadMs = 0
window.skip = ms => void (aheadMs += ms)
window.events = []
const clock = {
  wall: () => Date.now() + aheadMs,
  monotonic: () => performance.now() + aheadMs,
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
const api = { baseUrl: location.origin + '/echo/' }
window.tokens = createBrowserTokens({ api, clock, lockTimeoutMs: 1000, onEvent: ({ type }) => window.events.push(type) })
window.addEventListener('pageshow', ({ persisted }) => window.events.push(persisted ? 'restored' : 'shown'))
window.tokens.subscribe(() => undefined)`

const html = `<!doctype html><html lang="en"><title>Tabs</title><link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>`

/** How long the lock is waited for in these pages, in milliseconds. */
export const pageLockTimeoutMs = 1000

/** A site in mediated mode over an emulated TRAVIS, on loopback. */
export class Site {
  readonly emulator: Emulator
  /** The routes that were asked, in order. */
  readonly asked: string[] = []
  /** Holds an answer of a route back. */
  before: (route: string) => Promise<void> | void = () => undefined
  /** How far its clock is ahead, in milliseconds. */
  aheadMs = 0
  url = ''
  close: () => void = () => undefined

  constructor() {
    this.emulator = createEmulator({ now: () => Date.now() + this.aheadMs })
  }

  static async start(): Promise<Site> {
    const site = new Site()
    await site.#listen()
    return site
  }

  get tokenRequests(): number {
    return this.asked.filter(route => route === 'token').length
  }

  customer(index = 0): { username: string; password: string } {
    const { customers } = this.emulator.travis.credentials
    const { username, password } = customers[index] ?? customers[0]
    return { username, password }
  }

  get #clock(): Clock {
    return {
      wall: () => Date.now() + this.aheadMs,
      monotonic: () => performance.now() + this.aheadMs,
      schedule: (...given) => systemClock.schedule(...given),
    }
  }

  async #listen(): Promise<void> {
    const clock = this.#clock
    const { clientId, clientSecret } = this.emulator.travis.credentials.customerClient
    const { apiUrl } = this.emulator.travis.endpoints()
    const { fetch } = this.emulator
    const sessions = createSessions({
      authorization: travis.customers({ clientId, clientSecret, apiUrl }),
      store: memoryStore({ clock }),
      clock,
      fetch,
      onNotice: () => undefined,
    })
    const auth = createAuthHandler(sessions, { tokenMediation: true, now: () => clock.wall() })
    const { code } = await bundle(program)
    const listener = toNodeListener(async (request, context) => {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith('/echo/'))
        return Response.json({ ...Object.fromEntries(request.headers), body: await request.text() })
      const type = pathname === '/page.js' ? 'text/javascript' : 'text/html'
      if (!pathname.startsWith('/api/auth/'))
        return new Response(pathname === '/page.js' ? code : html, { headers: { 'content-type': type } })
      const route = pathname.split('/').at(-1) ?? ''
      this.asked.push(route)
      await this.before(route)
      return auth(request, context)
    })
    const server = createServer((request, response) => void listener(request, response))
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    this.close = () => {
      server.close()
      server.closeAllConnections()
    }
  }
}
