import { clientSecretPost, createUserTokens } from '@evergrant/core'
import type { Authorization, EventListener, TokenManager, TokenStore } from '@evergrant/core'
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
  /** How long the server takes a used refresh token again. Default: not at all. */
  readonly graceMs?: number | undefined
}

/** What a process of a fleet works with. */
export interface FleetSurroundings {
  readonly clock: ForwardClock
  readonly store: TokenStore
  readonly fetch?: typeof globalThis.fetch
  readonly onEvent?: EventListener
}

/** How a fleet speaks to its server, for users who sign in once. */
export function fleetAuthorization(server: FleetServer): Authorization<never> {
  const { tokenEndpoint, apiUrl, clientId, clientSecret, graceMs } = server
  return {
    provider: 'fleet',
    server: { tokenEndpoint, rotation: { mode: 'rotating', graceMs } },
    client: { clientId, authentication: clientSecretPost(clientSecret) },
    resource: { origins: [new URL(apiUrl).origin] },
  }
}

/** The tokens of a user who signs in once, so that nothing but the refresh token renews them. */
export function fleetTokens(
  server: FleetServer,
  surroundings: FleetSurroundings,
  userId = 'user-1',
): TokenManager {
  const { timeoutMs, holdMs } = server
  return createUserTokens(fleetAuthorization(server), { ...surroundings, timeoutMs, holdMs }).for(userId)
}
