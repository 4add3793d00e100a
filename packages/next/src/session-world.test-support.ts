import { memoryStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { createSessions } from '@evergrant/server'
import type { Sessions } from '@evergrant/server'
import { VirtualClock } from '@evergrant/testing'
import { cookieHeaderAfter } from '@evergrant/server'

/** TRAVIS with its customers and an application, under a clock that tests move. */
export interface SessionWorld {
  readonly clock: VirtualClock
  readonly emulator: Emulator
  readonly sessions: Sessions
  readonly refreshes: () => number
  /** The `Cookie` header of somebody who has signed in. */
  readonly signedIn: () => Promise<string>
}

export function createSessionWorld(tokensIn: 'store' | 'cookie'): SessionWorld {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall, schedule: clock.schedule })
  emulator.travis.configure({ rotation: 'reuse-detection' })
  const { customerClient, customers } = emulator.travis.credentials
  const { apiUrl } = emulator.travis.endpoints()
  const sessions = createSessions({
    authorization: travis.customers({ ...customerClient, apiUrl }),
    store: memoryStore({ clock }),
    clock,
    fetch: emulator.fetch,
    onNotice: () => undefined,
    tokensIn,
    ...(tokensIn === 'cookie' && { keys: 'fake-session-key-Wm4tQ9xL2vB7nR5cK8' }),
  })
  return {
    clock,
    emulator,
    sessions,
    refreshes: () => emulator.journal.count({ kind: 'token', grantType: 'refresh_token' }),
    signedIn: async () => {
      const session = sessions.for(new Request('https://app.test/'))
      const [customer] = customers
      if (customer === undefined) throw new Error('The emulator has no customer.')
      await session.signIn(customer)
      return cookieHeaderAfter(null, session.setCookies) ?? ''
    },
  }
}
