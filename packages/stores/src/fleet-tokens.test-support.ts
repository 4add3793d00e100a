import { clientSecretPost, createUserTokens } from '@evergrant/core'
import type { EventListener, TokenManager, TokenStore } from '@evergrant/core'
import type { ForwardClock } from './fleet-clock.test-support.ts'

/** The server of a fleet, and who signs in there. */
export interface FleetServer {
  readonly tokenEndpoint: string
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly username: string
  readonly password: string
  readonly timeoutMs: number
  readonly holdMs: number
}

/** What a process of a fleet works with. */
export interface FleetSurroundings {
  readonly clock: ForwardClock
  readonly store: TokenStore
  readonly fetch?: typeof globalThis.fetch
  readonly onEvent?: EventListener
}

/** The tokens of a user who signs in once, so that nothing but the refresh token renews them. */
export function fleetTokens(server: FleetServer, surroundings: FleetSurroundings): TokenManager {
  const { tokenEndpoint, apiUrl, clientId, clientSecret, timeoutMs, holdMs } = server
  const authorization = {
    provider: 'fleet',
    server: { tokenEndpoint, rotation: { mode: 'rotating' } },
    client: { clientId, authentication: clientSecretPost(clientSecret) },
    resource: { origins: [new URL(apiUrl).origin] },
  } as const
  return createUserTokens(authorization, { ...surroundings, timeoutMs, holdMs }).for('user-1')
}
