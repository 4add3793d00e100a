import {
  createTokenManager,
  createUserTokens,
  isConfigurationError,
  isReauthorizationRequiredError,
  passwordGrant,
} from '@evergrant/core'
import type { Authorization } from '@evergrant/core'
import { describe, expect, test } from 'vitest'
import {
  erStudioTeamServer,
  keycloak,
  oauthServer,
  trackunitIris,
  trafficStars,
  travis,
  truphone,
} from './index.ts'
import { createWorld } from './scenario.test-support.ts'
import type { World } from './scenario.test-support.ts'

const client = { clientId: 'fake-client', clientSecret: 'fake-secret' }
const user = { username: 'fake-user', password: 'fake-password' }
const baseUrl = 'https://teamserver.example.com'

const tryUser = async (world: World, authorization: Authorization<never>): Promise<unknown> => {
  try {
    return await createUserTokens(authorization, world.options()).for('user-1').getAccessToken()
  } catch (error) {
    return error
  }
}

describe('an end user who never signed in gets nobody else’s token, and causes no token request', () => {
  test.each<[string, (world: World) => Authorization<never>]>([
    ['travis.customers', ({ emulator }) => travis.customers(emulator.travis.credentials.serviceAccount)],
    [
      'erStudioTeamServer.users',
      ({ emulator }) => {
        const { clientId, clientSecret } = emulator.teamServer.credentials
        return erStudioTeamServer.users({ baseUrl, clientId, clientSecret })
      },
    ],
    [
      'keycloak.users',
      () => keycloak.users({ baseUrl: 'https://sso.example.com', realm: 'r', clientId: 'fake' }),
    ],
    ['oauthServer.users', () => oauthServer.users({ tokenEndpoint: 'https://auth.example.com/token' })],
  ])('%s', async (_, authorize) => {
    const world = createWorld()
    const error = await tryUser(world, authorize(world))
    expect(isReauthorizationRequiredError(error) && error.reason).toBe('never-signed-in')
    expect(world.tokenRequests()).toBe(0)
  })

  test.each<[string, () => Authorization]>([
    ['travis.serviceAccount', () => travis.serviceAccount(client)],
    ['travis.customer', () => travis.customer({ ...client, ...user })],
    ['trafficStars', () => trafficStars({ apiKey: 'fake-api-key' })],
    ['erStudioTeamServer', () => erStudioTeamServer({ baseUrl, ...client, ...user })],
    ['trackunitIris', () => trackunitIris({ ...client, ...user })],
    ['truphone', () => truphone(client)],
  ])('%s, which holds a grant, is refused for users', async (_, authorize) => {
    const world = createWorld()
    // @ts-expect-error -- an authorization with a grant is no authorization for users
    const error = await tryUser(world, authorize())
    expect(isConfigurationError(error)).toBe(true)
    expect(world.tokenRequests()).toBe(0)
  })
})

test('a user whose refresh token died causes no client_credentials request, although the client may use that grant', async () => {
  const world = createWorld()
  const { clientId, clientSecret } = world.emulator.travis.credentials.customerClient
  const users = createUserTokens(travis.customers({ clientId, clientSecret }), world.options())
  await users.for('user-1').signIn(passwordGrant(world.emulator.travis.credentials.customers[0]))
  world.emulator.travis.revokeRefreshTokens()
  await world.clock.advance(400_000)
  await users
    .for('user-1')
    .getAccessToken()
    .catch(() => undefined)
  const grants = world.emulator.journal.entries({ kind: 'token' }).map(entry => entry.grantType)
  expect(grants).toEqual(['password', 'refresh_token'])
})

test('the application and a user called “application” have tokens of their own', async () => {
  const world = createWorld()
  const { serviceAccount, customers } = world.emulator.travis.credentials
  const application = createTokenManager(travis.serviceAccount(serviceAccount), world.options())
  const users = createUserTokens(travis.customers(serviceAccount), world.options())
  await application.getAccessToken()
  for (const id of ['application', '../application', 'user/application']) {
    expect(
      isReauthorizationRequiredError(
        await users
          .for(id)
          .getAccessToken()
          .catch((error: unknown) => error),
      ),
    ).toBe(true)
  }
  const { clientId, clientSecret } = customers[0]
  const signedIn = createUserTokens(travis.customers({ clientId, clientSecret }), world.options())
  await signedIn.for('application').signIn(passwordGrant(customers[0]))
  expect(await signedIn.for('application').getAccessToken()).not.toBe(await application.getAccessToken())
})

test('two configured users of one client have tokens of their own', async () => {
  const world = createWorld()
  const [first, second] = world.emulator.travis.credentials.customers
  const tokens = [first, second].map(credentials =>
    createTokenManager(travis.customer(credentials), world.options()).getAccessToken(),
  )
  const [one, two] = await Promise.all(tokens)
  expect(one).not.toBe(two)
  expect(world.tokenRequests()).toBe(2)
})
