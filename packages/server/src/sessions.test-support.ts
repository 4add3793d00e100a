import { memoryStore } from '@evergrant/core'
import type { EvergrantEvent, TokenStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { VirtualClock } from '@evergrant/testing'
import { parseSetCookie } from 'cookie-es'
import type { RequestSession } from './request-session.ts'
import { createSessions } from './sessions.ts'
import type { Sessions } from './sessions.ts'
import type { SessionsOptions } from './session-options.ts'

export const fakeKey = 'fake-session-key-Wm4tQ9xL2vB7nR5cK8'
export const otherKey = 'fake-session-key-Zp3yH6sD1fG0jU9aE4'
export const modes = ['store', 'cookie'] as const
export type Mode = (typeof modes)[number]

/** TRAVIS with its customers, under a clock that tests move. */
export interface SessionWorld {
  readonly clock: VirtualClock
  readonly emulator: Emulator
  readonly store: TokenStore
  readonly events: EvergrantEvent[]
  /** One instance of an application. */
  readonly instance: (mode: Mode, options?: Partial<SessionsOptions>) => Sessions
  readonly customer: (index?: number) => { username: string; password: string }
  readonly tokenRequests: (grantType?: string) => number
}

export function createSessionWorld(): SessionWorld {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall, schedule: clock.schedule })
  emulator.travis.configure({ rotation: 'reuse-detection' })
  const store = memoryStore({ clock })
  const events: EvergrantEvent[] = []
  const { customerClient, customers } = emulator.travis.credentials
  const { clientId, clientSecret } = customerClient
  const { apiUrl } = emulator.travis.endpoints()
  return {
    clock,
    emulator,
    store,
    events,
    customer: (index = 0) => customers[index] ?? customers[0],
    tokenRequests: grantType => emulator.journal.count({ kind: 'token', ...(grantType && { grantType }) }),
    instance: (mode, options = {}) =>
      createSessions({
        authorization: travis.customers({ clientId, clientSecret, apiUrl }),
        store,
        clock,
        fetch: emulator.fetch,
        onEvent: event => void events.push(event),
        onNotice: () => undefined,
        tokensIn: mode,
        ...(mode === 'cookie' && { keys: fakeKey }),
        ...options,
      }),
  }
}

/** A browser on https://app.test that keeps cookies as browsers do. */
export class CookieJar {
  readonly cookies: Map<string, string> = new Map()
  readonly origin: string

  constructor(origin = 'https://app.test') {
    this.origin = origin
  }

  /** A request with the cookies of now. */
  request(init: RequestInit & { path?: string } = {}): Request {
    const headers = new Headers(init.headers)
    if (this.cookies.size > 0) headers.set('cookie', this.header)
    return new Request(this.origin + (init.path ?? '/'), { ...init, headers })
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Takes the cookies of an answer. */
  take(session: Pick<RequestSession, 'writeTo'>): Headers {
    const headers = new Headers()
    session.writeTo(headers)
    this.receive(headers)
    return headers
  }

  receive(headers: Headers): void {
    for (const text of headers.getSetCookie()) {
      const cookie = parseSetCookie(text)
      if (cookie === undefined) throw new Error('A Set-Cookie cannot be read.')
      if (cookie.maxAge === 0) this.cookies.delete(cookie.name)
      else this.cookies.set(cookie.name, cookie.value ?? '')
    }
  }

  /** The same cookies in another browser, or in an older request. */
  copy(): CookieJar {
    const copy = new CookieJar(this.origin)
    for (const [name, value] of this.cookies) copy.cookies.set(name, value)
    return copy
  }
}

/** A browser in which somebody has signed in. */
export async function signedIn(world: SessionWorld, sessions: Sessions, index = 0): Promise<CookieJar> {
  const jar = new CookieJar()
  const session = sessions.for(jar.request())
  await session.signIn(world.customer(index))
  jar.take(session)
  return jar
}
