import { createTokenManager, createUserTokens, memoryStore, passwordGrant } from '@evergrant/core'
import type { EvergrantEvent, TokenManager, TokenStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator, ProviderEmulator } from '@evergrant/emulator'
import { seededRandom, VirtualClock } from '@evergrant/testing'
import { erStudioTeamServer, trackunitIris, trafficStars, travis, truphone } from './index.ts'

/** The world of one test: an emulator and a manager under one virtual clock, and a switch for outages. */
export interface World {
  readonly clock: VirtualClock
  readonly emulator: Emulator
  readonly events: EvergrantEvent[]
  readonly store: TokenStore
  /** While set, every token endpoint answers this status. */
  outage: { status: number; headers?: Record<string, string> } | undefined
  /** How many token requests reached a token endpoint, answered or not. */
  readonly tokenRequests: () => number
  /** The options for managers in this world. */
  readonly options: () => {
    clock: VirtualClock
    fetch: typeof fetch
    store: TokenStore
    random: () => number
    onEvent: (event: EvergrantEvent) => void
  }
}

export function createWorld(): World {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall, schedule: clock.schedule })
  const events: EvergrantEvent[] = []
  let requests = 0
  const world: World = {
    clock,
    emulator,
    events,
    store: memoryStore({ clock }),
    outage: undefined,
    tokenRequests: () => requests,
    options: () => ({
      clock,
      store: world.store,
      random: seededRandom(7),
      onEvent: event => void events.push(event),
      fetch: async (input, init) => {
        if (!/\/token(\?|$)/.test(input instanceof Request ? input.url : input.toString()))
          return emulator.fetch(input, init)
        requests++
        const { outage } = world
        return outage ? new Response('{}', outage) : emulator.fetch(input, init)
      },
    }),
  }
  return world
}

/** One identity at one provider: how to make its manager, and what to expect of it. */
export interface Identity {
  readonly name: string
  readonly provider: (emulator: Emulator) => ProviderEmulator
  /** A manager that can hand out tokens: configured, or signed in by `signIn`. */
  create(world: World): TokenManager
  readonly signIn?: (manager: TokenManager, world: World) => Promise<void>
  readonly path: string
  /** Whether the server gives a refresh token that can die. */
  readonly hasRefreshToken: boolean
  readonly firstGrant: string
  /** The grant that comes first when the access token is due. */
  readonly renewalGrant: string
  /** The grant that follows a dead refresh token; undefined: a person. */
  readonly nextGrant: string | undefined
}

const travisApi = (emulator: Emulator): { apiUrl: string } => ({ apiUrl: emulator.travis.endpoints().apiUrl })

export const identities: readonly Identity[] = [
  {
    name: 'travis.serviceAccount',
    provider: emulator => emulator.travis,
    create: world => {
      const { serviceAccount } = world.emulator.travis.credentials
      const { clientId, clientSecret } = serviceAccount
      return createTokenManager(
        travis.serviceAccount({ clientId, clientSecret, ...travisApi(world.emulator) }),
        world.options(),
      )
    },
    hasRefreshToken: true,
    path: 'vehicles',
    firstGrant: 'client_credentials',
    renewalGrant: 'refresh_token',
    nextGrant: 'client_credentials',
  },
  {
    name: 'travis.customer',
    provider: emulator => emulator.travis,
    create: world => {
      const { clientId, clientSecret, username, password } = world.emulator.travis.credentials.customers[0]
      return createTokenManager(
        travis.customer({ clientId, clientSecret, username, password, ...travisApi(world.emulator) }),
        world.options(),
      )
    },
    hasRefreshToken: true,
    path: 'vehicles',
    firstGrant: 'password',
    renewalGrant: 'refresh_token',
    nextGrant: 'password',
  },
  {
    name: 'travis.customers',
    provider: emulator => emulator.travis,
    create: world => {
      const { clientId, clientSecret } = world.emulator.travis.credentials.customerClient
      const authorization = travis.customers({ clientId, clientSecret, ...travisApi(world.emulator) })
      return createUserTokens(authorization, world.options()).for('user-1')
    },
    signIn: (manager, { emulator }) =>
      manager.signIn(passwordGrant(emulator.travis.credentials.customers[1])),
    hasRefreshToken: true,
    path: 'vehicles',
    firstGrant: 'password',
    renewalGrant: 'refresh_token',
    nextGrant: undefined,
  },
  {
    name: 'trafficStars',
    provider: emulator => emulator.trafficStars,
    create: world => {
      const { apiKey } = world.emulator.trafficStars.credentials
      world.emulator.trafficStars.configure({ includeRefreshToken: true })
      return createTokenManager(trafficStars({ apiKey }), world.options())
    },
    hasRefreshToken: true,
    path: 'v1/campaigns',
    firstGrant: 'refresh_token',
    renewalGrant: 'refresh_token',
    nextGrant: 'refresh_token',
  },
  {
    name: 'erStudioTeamServer',
    provider: emulator => emulator.teamServer,
    create: world => {
      const { clientId, clientSecret, username, password } = world.emulator.teamServer.credentials
      const baseUrl = 'https://teamserver.example.com/'
      return createTokenManager(
        erStudioTeamServer({ baseUrl, clientId, clientSecret, username, password }),
        world.options(),
      )
    },
    hasRefreshToken: true,
    path: 'datasources',
    firstGrant: 'password',
    renewalGrant: 'refresh_token',
    nextGrant: 'password',
  },
  {
    name: 'erStudioTeamServer.users',
    provider: emulator => emulator.teamServer,
    create: world => {
      const { clientId, clientSecret } = world.emulator.teamServer.credentials
      const baseUrl = 'https://teamserver.example.com'
      const authorization = erStudioTeamServer.users({ baseUrl, clientId, clientSecret })
      return createUserTokens(authorization, world.options()).for('user-1')
    },
    signIn: (manager, { emulator }) => manager.signIn(passwordGrant(emulator.teamServer.credentials)),
    hasRefreshToken: true,
    path: 'datasources',
    firstGrant: 'password',
    renewalGrant: 'refresh_token',
    nextGrant: undefined,
  },
  {
    name: 'trackunitIris',
    provider: emulator => emulator.iris,
    create: world => {
      const { clientId, clientSecret, username, password } = world.emulator.iris.credentials
      const { apiUrl } = world.emulator.iris.endpoints()
      return createTokenManager(
        trackunitIris({ clientId, clientSecret, username, password, apiUrl }),
        world.options(),
      )
    },
    hasRefreshToken: false,
    path: 'assets',
    firstGrant: 'password',
    renewalGrant: 'password',
    nextGrant: 'password',
  },
  {
    name: 'truphone',
    provider: emulator => emulator.truphone,
    create: world => {
      const { clientId, clientSecret } = world.emulator.truphone.credentials
      return createTokenManager(truphone({ clientId, clientSecret }), world.options())
    },
    hasRefreshToken: true,
    path: 'sims',
    firstGrant: 'client_credentials',
    renewalGrant: 'refresh_token',
    nextGrant: 'client_credentials',
  },
]

/** A manager that is ready to hand out tokens. */
export async function ready(identity: Identity, world: World): Promise<TokenManager> {
  const manager = identity.create(world)
  await identity.signIn?.(manager, world)
  return manager
}
