import { setTimeout as wait } from 'node:timers/promises'
import { clientCredentials, clientSecretPost, createTokenManager, passwordGrant } from '@evergrant/core'
import type { TokenManager, TokenStore } from '@evergrant/core'
import { startEmulatorServer } from '@evergrant/emulator/server'
import { ForwardClock, withForwardAges } from '../fleet/fleet-clock.test-support.ts'
import { fleetTokens } from '../fleet/fleet-tokens.test-support.ts'
import { lifetimeMs } from '../fleet/fleet.test-support.ts'

/** How long a call waits at most in a scene, in milliseconds. */
export const patienceMs = 1500

/** Two credentials on one store that may fail: a person's, and one whose grant can be repeated. */
export interface OutageScene {
  /** Somebody who has signed in with a server that forgives no replay. */
  readonly tokens: TokenManager
  /** The application itself. */
  readonly service: TokenManager
  readonly events: readonly string[]
  /** A life later. */
  readonly expire: () => void
  /** Holds back the answer to the next refresh token; resolves when that has arrived. */
  readonly holdNextRefresh: (ms: number) => Promise<void>
  /** What the token endpoint answered since the sign-in, by grant type. */
  readonly exchanges: (grantType: string) => readonly number[]
  /** How many calls of the store have no answer yet. */
  readonly pendingCalls: () => number
  readonly close: () => Promise<void>
}

export async function openScene(inner: TokenStore): Promise<OutageScene> {
  const { emulator, url, close } = await startEmulatorServer()
  const { travis, journal } = emulator
  travis.configure({ rotation: 'reuse-detection' })
  travis.setLifetimes({ accessTokenMs: lifetimeMs, refreshTokenMs: 36_000_000 })
  const [clock, events]: [ForwardClock, string[]] = [new ForwardClock(), []]
  const customer = travis.credentials.customers[0]
  const { tokenEndpoint, apiUrl } = travis.endpoints(url)
  const times = { timeoutMs: patienceMs, holdMs: patienceMs + 500 }
  const counted = withCount(inner)
  const shared = { clock, store: withForwardAges(counted.store, clock) }
  const onEvent = ({ type }: { readonly type: string }): void => void events.push(type)
  const tokens = fleetTokens({ ...customer, tokenEndpoint, apiUrl, ...times }, { ...shared, onEvent })
  const { clientId, clientSecret } = travis.credentials.serviceAccount
  const service = createTokenManager(
    {
      provider: 'service',
      server: { tokenEndpoint },
      client: { clientId, authentication: clientSecretPost(clientSecret) },
      grant: clientCredentials({ scope: 'openid' }),
      resource: { origins: [new URL(apiUrl).origin] },
    },
    { ...shared, ...times },
  )
  // The server makes its keys at the first request: nobody is to wait for that.
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  await fetch(tokenEndpoint, { method: 'POST', body: new URLSearchParams(form) })
  await tokens.signIn(passwordGrant(customer))
  await service.getAccessToken()
  journal.clear()
  return {
    tokens,
    service,
    events,
    expire: () => {
      clock.aheadMs += lifetimeMs + 1000
      emulator.advance(lifetimeMs + 1000)
    },
    holdNextRefresh: async ms => {
      const delay = travis.faults.add({ kind: 'delay', ms, grantType: 'refresh_token' })
      while (delay.applied === 0) await wait(5)
    },
    exchanges: grantType => journal.entries({ kind: 'token', grantType }).map(({ status }) => status),
    pendingCalls: counted.pendingCalls,
    close: async () => {
      await Promise.all([tokens.dispose(), service.dispose()])
      await close()
    },
  }
}

/** The same store, whose calls without an answer are counted. */
function withCount(store: TokenStore): { store: TokenStore; pendingCalls: () => number } {
  let pending = 0
  const count = async <T>(call: Promise<T>): Promise<T> => {
    pending++
    try {
      return await call
    } finally {
      pending--
    }
  }
  return {
    store: {
      read: key => count(store.read(key)),
      write: (key, payload, options) => count(store.write(key, payload, options)),
      ...(store.watch && { watch: listener => store.watch?.(listener) as Disposable }),
      ...(store.keys && { keys: () => store.keys?.() as AsyncIterable<string> }),
    },
    pendingCalls: () => pending,
  }
}
