import { memoryStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { createApiProxyHandler, createAuthHandler, createSessions } from '@evergrant/server'
import { VirtualClock } from '@evergrant/testing'
import { parseSetCookie } from 'cookie-es'
import { FakeBrowser, site } from './fake-tabs.test-support.ts'
import type { Answer } from './fake-tabs.test-support.ts'

/** A browser before the real handlers of `@evergrant/server` and an emulated TRAVIS, under one clock. */
export interface RealWorld {
  readonly clock: VirtualClock
  readonly emulator: Emulator
  readonly browser: FakeBrowser
  /** The API's base URL. */
  readonly apiUrl: string
  readonly customer: (index?: number) => { username: string; password: string }
  /** The routes that were asked, in order. */
  readonly asked: string[]
}

export function createRealWorld(tokenMediation: boolean, tokensIn: 'store' | 'cookie' = 'store'): RealWorld {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall, schedule: clock.schedule })
  emulator.travis.configure({ rotation: 'reuse-detection' })
  const { customerClient, customers } = emulator.travis.credentials
  const { clientId, clientSecret } = customerClient
  const { apiUrl } = emulator.travis.endpoints()
  const sessions = createSessions({
    authorization: travis.customers({ clientId, clientSecret, apiUrl }),
    store: memoryStore({ clock }),
    clock,
    fetch: emulator.fetch,
    onNotice: () => undefined,
    tokensIn,
    ...(tokensIn === 'cookie' && { keys: 'fake-session-key-Wm4tQ9xL2vB7nR5cK8' }),
  })
  const auth = createAuthHandler(sessions, { tokenMediation, now: clock.wall })
  const proxy = createApiProxyHandler(sessions, {
    prefix: '/api/travis',
    target: apiUrl,
    allow: ['GET vehicles', 'GET vehicles/*'],
    send: emulator.fetch,
    now: clock.wall,
  })
  const cookies = new Map<string, string>()
  const asked: string[] = []
  const answer: Answer = async request => {
    const { origin, pathname } = new URL(request.url)
    if (origin !== site) return emulator.fetch(request)
    asked.push(pathname.split('/').at(-1) ?? '')
    const headers = new Headers(request.headers)
    headers.set('sec-fetch-site', 'same-origin')
    headers.set('origin', site)
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const sent = new Request(request, { headers })
    const response = await (pathname.startsWith('/auth/') ? auth(sent) : proxy(sent))
    for (const text of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(text)
      if (cookie?.maxAge === 0) cookies.delete(cookie.name)
      else if (cookie) cookies.set(cookie.name, cookie.value ?? '')
    }
    return response
  }
  const browser = new FakeBrowser(answer, { clock })
  const customer: RealWorld['customer'] = (index = 0) => {
    const { username, password } = customers[index] ?? customers[0]
    return { username, password }
  }
  return { clock, emulator, browser, apiUrl, customer, asked }
}

/** Whose access token it is, as the token itself says. */
export function ownerOf(accessToken: string): unknown {
  const [, payload = ''] = accessToken.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  return claims['preferred_username']
}
