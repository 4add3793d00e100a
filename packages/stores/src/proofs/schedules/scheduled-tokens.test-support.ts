import { clientSecretPost, createUserTokens, memoryStore, passwordGrant } from '@evergrant/core'
import type { Grant, Clock, TokenManager, TokenStore } from '@evergrant/core'
import { seededRandom, VirtualClock } from '@evergrant/testing'
import { ModelServer } from './model-server.test-support.ts'

/** What one process of a schedule works with. */
export interface ScheduledProcess {
  readonly clock: Clock
  readonly store: TokenStore
  /** Answers the parameters of a token request; the signal says that nobody waits for it any more. */
  readonly server: (parameters: URLSearchParams, signal: AbortSignal) => Response | Promise<Response>
  /** Of its chances: two processes with the same one would take each other's writes for their own. */
  readonly seed: number
  readonly timeoutMs?: number
  readonly holdMs?: number
}

const authorization = {
  provider: 'model',
  server: { tokenEndpoint: 'https://auth.example.test/token', rotation: { mode: 'rotating' } },
  client: { clientId: 'fake-client', authentication: clientSecretPost('fake-client-secret') },
  resource: { origins: ['https://api.example.test'] },
} as const

/** The tokens of a user who signed in once, as one process holds them. */
export function scheduledTokens({ server, seed, ...options }: ScheduledProcess): TokenManager {
  const fetch: typeof globalThis.fetch = async (_input, init) =>
    server(new URLSearchParams(init?.body as URLSearchParams), init?.signal ?? new AbortController().signal)
  return createUserTokens(authorization, { ...options, fetch, random: seededRandom(seed) }).for('user-1')
}

/** The grant that {@link scheduledTokens} sign in with. */
export const signInGrant: Grant = passwordGrant({ username: 'fake-user', password: 'fake-password' })

let payload: string | undefined

/** What a sign-in leaves in a store; the same for every schedule. */
export async function payloadOfSignIn(): Promise<string> {
  if (payload !== undefined) return payload
  const clock = new VirtualClock()
  const store = memoryStore({ clock })
  const server = new ModelServer('refuses')
  const tokens = scheduledTokens({ clock, store, server: parameters => server.answer(parameters), seed: 7 })
  await tokens.signIn(signInGrant)
  payload = (await store.read(tokens.key))?.payload ?? ''
  return payload
}
