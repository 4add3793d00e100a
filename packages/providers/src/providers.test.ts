import { createTokenManager } from '@evergrant/core'
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
const keyOf = ({ emulator }: World): { apiKey: string } => ({
  apiKey: emulator.trafficStars.credentials.apiKey,
})
const user = { username: 'fake-user', password: 'fake-password' }

describe('a provider', () => {
  test('names every missing option at once, what it is, its variable and where to find it', () => {
    expect(() => trackunitIris({ clientId: '' } as never)).toThrow(
      [
        'Trackunit IRIS cannot be used:',
        '  - clientId is missing: the client id that Trackunit IRIS issued (environment variable IRIS_CLIENT_ID). An admin user creates API users in the Manager under Administration, API Access.',
      ].join('\n'),
    )
    expect(() => trackunitIris({} as never)).toThrow(/clientId[^]*clientSecret[^]*username[^]*password/)
  })

  test('says what a wrong option should look like, and never shows its value', () => {
    const wrong = { ...client, apiUrl: 'canary-not-a-url', clientSecret: ' canary-with-spaces' }
    const attempt = (): unknown => truphone(wrong)
    expect(attempt).toThrow('apiUrl must be an absolute URL such as https://api.example.com/')
    expect(attempt).toThrow('clientSecret must be without spaces or line breaks around it')
    expect(attempt).not.toThrow('canary')
  })

  test('names an option that it does not know', () => {
    expect(() => truphone({ ...client, clientID: 'x' } as never)).toThrow(
      'clientID is no option. The options are clientId, clientSecret, apiUrl, tokenEndpoint.',
    )
  })

  test('called with nothing says what to pass', () => {
    expect(() => truphone(undefined as never)).toThrow('Pass an object with clientId, clientSecret.')
  })

  test('takes its options from the environment, and explicit ones win', () => {
    const env = {
      TRUPHONE_CLIENT_ID: 'fake-env',
      TRUPHONE_CLIENT_SECRET: 'fake-secret',
      TRUPHONE_API_URL: '',
    }
    expect(truphone.fromEnv(env).client.clientId).toBe('fake-env')
    expect(truphone.fromEnv(env, { clientId: 'fake-explicit' }).client.clientId).toBe('fake-explicit')
    expect(() => truphone.fromEnv({})).toThrow('environment variable TRUPHONE_CLIENT_ID')
  })

  test('reads flags from the environment and refuses other words', () => {
    const env = {
      TEAM_SERVER_BASE_URL: 'http://teamserver.example.com',
      TEAM_SERVER_CLIENT_ID: 'fake',
      TEAM_SERVER_CLIENT_SECRET: 'fake',
      TEAM_SERVER_ALLOW_INSECURE_HTTP: 'true',
    }
    expect(erStudioTeamServer.users.fromEnv(env).server.allowInsecureHttp).toBe(true)
    expect(() =>
      erStudioTeamServer.users.fromEnv({ ...env, TEAM_SERVER_ALLOW_INSECURE_HTTP: 'maybe' }),
    ).toThrow('allowInsecureHttp must be true or false')
  })

  test('has unique environment variables within itself, and marks what is secret', () => {
    for (const { options, title } of [
      travis.customer,
      trafficStars,
      erStudioTeamServer,
      trackunitIris,
      truphone,
      keycloak,
    ]) {
      const variables = options.map(option => option.env).filter(variable => variable !== undefined)
      expect(new Set(variables).size, title).toBe(variables.length)
      const secrets = options.filter(option => option.isSecret).map(option => option.name)
      expect(secrets.length, title).toBeGreaterThan(0)
      expect(['apiKey', 'clientSecret', 'password']).toEqual(expect.arrayContaining(secrets))
    }
  })
})

describe('endpoints', () => {
  test('are the documented ones by default', () => {
    expect(travis.serviceAccount(client).server.tokenEndpoint).toBe(
      'https://auth.yourtravis.com/realms/travis-road-services/protocol/openid-connect/token',
    )
    expect(trafficStars({ apiKey: 'fake' }).server).toMatchObject({
      tokenEndpoint: 'https://api.trafficstars.com/v1/auth/token',
      sessionInfoEndpoint: 'https://api.trafficstars.com/v1/auth/info',
      sessionEnd: {
        url: 'https://api.trafficstars.com/v1/auth/logout',
        method: 'GET',
        presents: 'access-token',
      },
    })
    expect(trackunitIris({ ...client, ...user }).server.tokenEndpoint).toBe(
      'https://auth.trackunit.com/token',
    )
    expect(truphone(client)).toMatchObject({
      server: {
        tokenEndpoint: 'https://services.truphone.com/auth/realms/tru-staff/protocol/openid-connect/token',
        issuer: 'https://services.truphone.com/auth/realms/tru-staff',
      },
      resource: { baseUrl: 'https://services.truphone.com/connect-api/' },
    })
  })

  test.each(['https://teamserver.example.com/erstudio', 'https://teamserver.example.com/erstudio/'])(
    'of Team Server stand below its base, with or without a trailing slash: %s',
    baseUrl => {
      const authorization = erStudioTeamServer({ baseUrl, ...client, ...user })
      expect(authorization.server.tokenEndpoint).toBe(
        'https://teamserver.example.com/erstudio/api/oauth/token',
      )
      expect(authorization.resource.baseUrl).toBe('https://teamserver.example.com/erstudio/api/')
    },
  )

  test('can all be overridden, and the session endpoints follow', () => {
    const tokenEndpoint = 'https://staging.example.com/realms/test/protocol/openid-connect/token'
    expect(
      travis.customers({ ...client, tokenEndpoint, apiUrl: 'https://api.example.com/v2' }),
    ).toMatchObject({
      server: {
        tokenEndpoint,
        revocationEndpoint: 'https://staging.example.com/realms/test/protocol/openid-connect/revoke',
      },
      resource: { origins: ['https://api.example.com'], baseUrl: 'https://api.example.com/v2/' },
    })
    const authorization = keycloak({ baseUrl: 'https://sso.example.com/auth/', realm: 'a b', ...client })
    expect(authorization.server.issuer).toBe('https://sso.example.com/auth/realms/a%20b')
    expect(oauthServer({ tokenEndpoint: 'https://a.example.com/t', ...client }).provider).toBe(
      'a.example.com',
    )
  })

  test('over plain http need a switch, except on loopback', () => {
    const insecure = { baseUrl: 'http://teamserver.example.com', ...client, ...user }
    expect(() => createTokenManager(erStudioTeamServer(insecure))).toThrow(
      'plain http to teamserver.example.com needs allowInsecureHttp: true',
    )
    expect(() =>
      createTokenManager(erStudioTeamServer({ ...insecure, allowInsecureHttp: true })),
    ).not.toThrow()
    expect(() =>
      createTokenManager(erStudioTeamServer({ ...insecure, baseUrl: 'http://127.0.0.1:8080' })),
    ).not.toThrow()
  })
})

describe('requests', () => {
  test('of TRAVIS and IRIS go out without an API URL, and fetch says what to configure', async () => {
    const { emulator, options } = createWorld()
    const tokens = createTokenManager(
      travis.serviceAccount(emulator.travis.credentials.serviceAccount),
      options(),
    )
    expect(await tokens.getAccessToken()).toMatch(/^eyJ/)
    await expect(tokens.fetch('vehicles')).rejects.toThrow(
      'pass apiUrl (environment variable TRAVIS_API_URL)',
    )
  })

  test('C1 of IRIS encode id and secret before base64, unless they are configured to go out raw', async () => {
    const world = createWorld()
    const { clientId, clientSecret, username, password } = world.emulator.iris.credentials.special
    const special = { clientId, clientSecret, username, password }
    expect(await createTokenManager(trackunitIris(special), world.options()).getAccessToken()).toBeTruthy()
    const raw = createTokenManager(
      trackunitIris({ ...special, basicEncoding: 'raw' }),
      createWorld().options(),
    )
    await expect(raw.getAccessToken()).rejects.toThrow('invalid_client')
  })

  test('of Team Server put nothing secret into events and errors', async () => {
    const world = createWorld()
    const { clientId, clientSecret, username } = world.emulator.teamServer.credentials
    const canary = { clientId, clientSecret, username, password: 'canary-password' }
    const tokens = createTokenManager(
      erStudioTeamServer({ baseUrl: 'https://teamserver.example.com', ...canary }),
      world.options(),
    )
    const error: unknown = await tokens.getAccessToken().catch((reason: unknown) => reason)
    const text = `${String(error)} ${JSON.stringify(error)} ${JSON.stringify(world.events)}`
    expect(text).toContain('invalid_grant')
    for (const secret of ['canary-password', clientSecret, 'grant_type=']) expect(text).not.toContain(secret)
  })

  test('of TrafficStars send no client id, and a refused key says where to make a new one', async () => {
    const world = createWorld()
    const tokens = createTokenManager(trafficStars(keyOf(world)), world.options())
    await tokens.getAccessToken()
    expect(world.emulator.journal.entries({ kind: 'token' })[0]?.clientId).toBeUndefined()
    const refused = createTokenManager(trafficStars({ apiKey: 'fake-wrong-key' }), createWorld().options())
    await expect(refused.getAccessToken()).rejects.toThrow('Make a new API key on the profile page')
  })

  test('of TrafficStars use a refresh token that comes back until it is refused, and then the API key again', async () => {
    const world = createWorld()
    world.emulator.trafficStars.configure({ includeRefreshToken: true })
    const tokens = createTokenManager(trafficStars(keyOf(world)), world.options())
    await tokens.getAccessToken()
    expect(tokens.explain().refreshToken.status).toBe('usable')
    world.emulator.trafficStars.revokeRefreshTokens()
    await world.clock.advance(36_001_000)
    await tokens.getAccessToken()
    expect(world.emulator.journal.entries({ kind: 'token' }).map(entry => entry.status)).toEqual([
      200, 400, 200,
    ])
  })

  test('of TrafficStars ask for session info and sign out with the access token', async () => {
    const world = createWorld()
    const tokens = createTokenManager(trafficStars(keyOf(world)), world.options())
    const info = await tokens.getSessionInfo()
    expect(info.tokenType).toBe('Bearer')
    expect(info.expiresAt).toBeGreaterThan(world.clock.wall())
    expect(await tokens.signOut()).toEqual({ isSessionEnded: true })
    await tokens.signIn()
    expect((await tokens.fetch('v1/campaigns')).status).toBe(200)
  })

  test('of Keycloak end the session at sign-out', async () => {
    const world = createWorld()
    const { customers } = world.emulator.travis.credentials
    const tokens = createTokenManager(travis.customer(customers[0]), world.options())
    await tokens.getAccessToken()
    expect(await tokens.signOut()).toEqual({ isSessionEnded: true })
  })
})
