import { createBrowserTokens } from '@evergrant/browser'
import type { BrowserTokens, TabChannel } from '@evergrant/browser'
import { memoryStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { createApiProxyHandler, createAuthHandler, createSessions } from '@evergrant/server'
import { seededRandom, VirtualClock } from '@evergrant/testing'

const site = 'https://app.test'

/** The tokens of a page before the real handlers of `@evergrant/server` and an emulated TRAVIS, under one clock. */
export interface RealWorld {
  readonly clock: VirtualClock
  readonly emulator: Emulator
  readonly tokens: BrowserTokens
  /** Makes the tokens of another tab, or of a module that was loaded again. */
  readonly open: () => BrowserTokens
  readonly customers: readonly { readonly username: string; readonly password: string }[]
  /** The routes and API paths that were asked, in order. */
  readonly asked: string[]
  /** Answers before anything else does, if it returns something. */
  instead: (request: Request) => Response | undefined | Promise<Response | undefined>
  /** Lets a promise have the time that it needs. */
  readonly run: <T>(promise: Promise<T>) => Promise<T>
}

export function createRealWorld(mode: 'proxy' | 'mediated'): RealWorld {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall, schedule: clock.schedule })
  const { customerClient, customers } = emulator.travis.credentials
  const { clientId, clientSecret } = customerClient
  const { apiUrl } = emulator.travis.endpoints()
  const sessions = createSessions({
    authorization: travis.customers({ clientId, clientSecret, apiUrl }),
    store: memoryStore({ clock }),
    tokensIn: 'store',
    clock,
    fetch: emulator.fetch,
    onNotice: () => undefined,
  })
  const auth = createAuthHandler(sessions, { tokenMediation: mode === 'mediated', now: clock.wall })
  const allow = ['GET vehicles']
  const options = { prefix: '/api/travis', target: apiUrl, allow, send: emulator.fetch, now: clock.wall }
  const proxy = createApiProxyHandler(sessions, options)
  const cookies = new Map<string, string>()
  const asked: string[] = []

  const answer = async (request: Request): Promise<Response> => {
    const { origin, pathname } = new URL(request.url)
    asked.push(pathname.split('/').at(-1) ?? '')
    const instead = await world.instead(request)
    if (instead) return instead
    if (origin !== site) return emulator.fetch(request)
    const headers = new Headers(request.headers)
    headers.set('sec-fetch-site', 'same-origin')
    headers.set('origin', site)
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const sent = new Request(request, { headers })
    const response = await (pathname.startsWith('/auth/') ? auth(sent) : proxy(sent))
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    return response
  }
  const channels = new Set<Channel>()
  const open = (): BrowserTokens =>
    createBrowserTokens({
      endpoint: `${site}/auth`,
      proxy: `${site}/api/travis/`,
      api: { baseUrl: apiUrl },
      fetch: (input, init) => answer(new Request(input, init)),
      clock,
      random: seededRandom(1),
      channel: () => new Channel(channels),
      locks: null,
      page: { addEventListener: () => undefined, removeEventListener: () => undefined },
    })
  const run: RealWorld['run'] = promise => clock.runUntil(promise)
  const tokens = open()
  const world: RealWorld = { clock, emulator, tokens, open, customers, asked, instead: () => undefined, run }
  return world
}

/** One end of the channel that the tabs of a site share. */
class Channel implements TabChannel {
  readonly #all: Set<Channel>
  #listener: (event: { readonly data: unknown }) => void = () => undefined

  constructor(all: Set<Channel>) {
    this.#all = all.add(this)
  }

  addEventListener(_type: 'message', listener: (event: { readonly data: unknown }) => void): void {
    this.#listener = listener
  }

  postMessage(message: unknown): void {
    for (const other of this.#all) if (other !== this) other.#listener({ data: structuredClone(message) })
  }

  close(): void {
    this.#all.delete(this)
  }
}
