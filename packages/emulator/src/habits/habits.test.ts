import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import {
  askIris,
  expectError,
  frozenEmulator,
  post,
  readObject,
  readTokens,
  teamServerUrl,
  trafficStarsKey,
  travisService,
  truphoneClient,
  truphoneSession,
  withBearer,
} from '../emulator.test-support.ts'
import type { Rotation } from './habits.ts'

const reused = 'Maximum allowed refresh token reuse exceeded'

async function refused(response: Promise<Response>, description: string): Promise<void> {
  await expectError(await response, 400, 'invalid_grant', description)
}

/** Signs in at Truphone with a rotation, and returns the first refresh token and its successor. */
async function rotated(emulator: Emulator, rotation: Rotation) {
  emulator.truphone.configure({ rotation })
  const session = await truphoneSession(emulator)
  const { refreshToken: second } = await readTokens(await session.refresh(session.refreshToken))
  return { ...session, first: session.refreshToken, second }
}

describe('rotation at Keycloak', () => {
  it('off keeps a refresh token good', async () => {
    const { refresh, first } = await rotated(frozenEmulator(), 'off')
    expect((await refresh(first)).status).toBe(200)
  })

  it('on refuses a replay and leaves the successor alone', async () => {
    const { refresh, first, second } = await rotated(frozenEmulator(), 'on')
    await refused(refresh(first), reused)
    const third = await readTokens(await refresh(second))
    await refused(refresh(first), 'Stale token')
    await refused(refresh(second), reused)
    expect((await refresh(third.refreshToken)).status).toBe(200)
  })

  it('on lets one of two concurrent refreshes win', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.configure({ rotation: 'on' })
    const { refresh, refreshToken } = await truphoneSession(emulator)
    const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(refreshToken)))
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
      200, 400, 400, 400,
    ])
  })

  it('with grace honours replays for a while', async () => {
    const emulator = frozenEmulator()
    const { refresh, first, second } = await rotated(emulator, { graceMs: 30_000 })
    emulator.advance(29_999)
    expect((await refresh(first)).status).toBe(200)
    emulator.advance(1)
    await refused(refresh(first), reused)
    expect((await refresh(second)).status).toBe(200)
  })

  it('with reuse detection kills the family, access tokens apart', async () => {
    const emulator = frozenEmulator()
    const { refresh, first, second, accessToken } = await rotated(emulator, 'reuse-detection')
    await refused(refresh(first), reused)
    await refused(refresh(second), "Session doesn't have required client")
    const other = await truphoneSession(emulator)
    expect((await other.refresh(other.refreshToken)).status).toBe(200)
    const url = `${emulator.truphone.endpoints().apiUrl}sims`
    expect((await withBearer(emulator, url, accessToken)).status).toBe(200)
  })

  it('calls stale what is a thousand refreshes old', async () => {
    const emulator = frozenEmulator()
    const { refresh, first, second } = await rotated(emulator, 'off')
    for (let index = 0; index < 1_000; index += 1) await refresh(second)
    emulator.truphone.configure({ rotation: 'on' })
    await refused(refresh(first), 'Stale token')
  })
})

describe('other habits of Keycloak', () => {
  it('say refresh_expires_in 0 although the token expires', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.configure({ refreshExpiresIn: 'zero' })
    const { refresh, refreshToken } = await truphoneSession(emulator)
    expect(await readObject(await refresh(refreshToken))).toMatchObject({ refresh_expires_in: 0 })
    emulator.advance(1_800_000)
    await refused(refresh(refreshToken), 'Token is not active')
  })

  it('kill idle sessions earlier than their refresh tokens', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.configure({ sessionIdleMs: 60_000 })
    const { refresh, refreshToken } = await truphoneSession(emulator)
    emulator.advance(59_999)
    expect((await refresh(refreshToken)).status).toBe(200)
    emulator.advance(60_000)
    await refused(refresh(refreshToken), 'Session not active')
  })

  it('kill sessions on demand', async () => {
    const emulator = frozenEmulator()
    const { refresh, refreshToken } = await truphoneSession(emulator)
    emulator.truphone.killSessions()
    await refused(refresh(refreshToken), 'Session not active')
  })

  it('refuse everything issued before a bump of not-before-policy', async () => {
    const emulator = frozenEmulator()
    const { refresh, refreshToken, accessToken } = await truphoneSession(emulator)
    emulator.truphone.bumpNotBefore()
    const url = `${emulator.truphone.endpoints().apiUrl}sims`
    const answer = await withBearer(emulator, url, accessToken)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="tru-staff", error="invalid_token", error_description="Stale token"',
    ])
    await refused(refresh(refreshToken), 'Stale token')
    const { userinfoEndpoint } = emulator.truphone.endpoints()
    expect((await withBearer(emulator, userinfoEndpoint, accessToken)).status).toBe(401)
    const later = await truphoneSession(emulator)
    const body = await readObject(await later.refresh(later.refreshToken))
    expect(body['not-before-policy']).toBe(Math.floor(emulator.now() / 1_000))
    expect((await withBearer(emulator, url, later.accessToken)).status).toBe(200)
  })
})

describe('rotation at TrafficStars', () => {
  it('concerns the refresh tokens, never the API key', async () => {
    const emulator = frozenEmulator()
    emulator.trafficStars.configure({ includeRefreshToken: true, rotation: 'reuse-detection' })
    const url = emulator.trafficStars.endpoints().tokenEndpoint
    const refresh = (token: string): Promise<Response> =>
      post(emulator, url, trafficStarsKey(emulator, token))
    const { apiKey } = emulator.trafficStars.credentials
    const first = await readTokens(await refresh(apiKey))
    const second = await readTokens(await refresh(first.refreshToken))
    await refused(refresh(first.refreshToken), reused)
    await refused(refresh(second.refreshToken), "Session doesn't have required client")
    expect((await refresh(apiKey)).status).toBe(200)
  })
})

describe('Team Server', () => {
  async function signIn(emulator: Emulator) {
    const { body, ...tokens } = await readTokens(await emulator.fetch(teamServerUrl(emulator)))
    const gone = { username: undefined, password: undefined, grant_type: 'refresh_token' }
    const refresh = (token: string): Promise<Response> =>
      emulator.fetch(teamServerUrl(emulator, { ...gone, refresh_token: token }))
    const apiStatus = async (token: string): Promise<number> =>
      (await withBearer(emulator, `${emulator.teamServer.endpoints().apiUrl}datasources`, token)).status
    return { ...tokens, expiresIn: body['expires_in'], refresh, apiStatus }
  }

  it('rotates when told to, and refuses a replay in its own words', async () => {
    const emulator = frozenEmulator()
    emulator.teamServer.configure({ rotation: 'on' })
    const { refresh, refreshToken } = await signIn(emulator)
    const second = await readTokens(await refresh(refreshToken))
    expect(second.refreshToken).not.toBe(refreshToken)
    await refused(refresh(refreshToken), `Invalid refresh token: ${refreshToken}`)
    expect((await refresh(second.refreshToken)).status).toBe(200)
  })

  it('honours replays in a grace', async () => {
    const emulator = frozenEmulator()
    emulator.teamServer.configure({ rotation: { graceMs: 10 } })
    const { refresh, refreshToken } = await signIn(emulator)
    expect([(await refresh(refreshToken)).status, (await refresh(refreshToken)).status]).toEqual([200, 200])
    emulator.advance(10)
    expect((await refresh(refreshToken)).status).toBe(400)
  })

  it('kills the family with its access token on reuse', async () => {
    const emulator = frozenEmulator()
    emulator.teamServer.configure({ rotation: 'reuse-detection' })
    const { refresh, refreshToken, apiStatus } = await signIn(emulator)
    const second = await readTokens(await refresh(refreshToken))
    expect(await apiStatus(second.accessToken)).toBe(200)
    expect((await refresh(refreshToken)).status).toBe(400)
    expect((await refresh(second.refreshToken)).status).toBe(400)
    expect(await apiStatus(second.accessToken)).toBe(401)
  })

  it('forgets the oldest of more than a thousand rotated refresh tokens', async () => {
    const emulator = frozenEmulator()
    emulator.teamServer.configure({ rotation: 'on' })
    const { refresh, refreshToken } = await signIn(emulator)
    let newest = refreshToken
    for (let index = 0; index < 1_001; index += 1) {
      newest = (await readTokens(await refresh(newest))).refreshToken
    }
    await refused(refresh(refreshToken), `Invalid refresh token: ${refreshToken}`)
  })

  it('returns the same access token with a shrinking lifetime until it expires', async () => {
    const emulator = frozenEmulator()
    emulator.teamServer.configure({ returnsSameToken: true })
    const first = await signIn(emulator)
    emulator.advance(1_000)
    const again = await signIn(emulator)
    expect([first.expiresIn, again.expiresIn]).toEqual([86_399, 86_398])
    expect([again.accessToken, again.refreshToken]).toEqual([first.accessToken, first.refreshToken])
    const refreshed = await readTokens(await first.refresh(first.refreshToken))
    expect(refreshed.accessToken).toBe(first.accessToken)
    expect(refreshed.body['expires_in']).toBe(86_398)
    emulator.advance(86_399_000)
    const later = await readTokens(await first.refresh(first.refreshToken))
    expect(later.accessToken).not.toBe(first.accessToken)
    expect(later.body['expires_in']).toBe(86_399)
  })

  it('kills the old access token on refresh even when it would return the same one', async () => {
    const emulator = frozenEmulator()
    emulator.teamServer.configure({ returnsSameToken: true, revokeAccessTokenOnRefresh: true })
    const { refresh, refreshToken, accessToken, apiStatus } = await signIn(emulator)
    const refreshed = await readTokens(await refresh(refreshToken))
    expect([await apiStatus(accessToken), await apiStatus(refreshed.accessToken)]).toEqual([401, 200])
  })
})

describe('an API', () => {
  it.each(['travis', 'trafficStars', 'teamServer', 'iris', 'truphone'] as const)(
    'of %s refuses everything when told to, with a challenge',
    async name => {
      const emulator = frozenEmulator()
      const provider = emulator[name]
      const paths = {
        travis: 'vehicles',
        trafficStars: 'v1/campaigns',
        teamServer: 'datasources',
        iris: 'assets',
        truphone: 'sims',
      }
      const { tokenEndpoint, apiUrl } = provider.endpoints()
      const answers = {
        travis: () => post(emulator, tokenEndpoint, travisService(emulator)),
        trafficStars: () => post(emulator, tokenEndpoint, trafficStarsKey(emulator)),
        teamServer: () => emulator.fetch(teamServerUrl(emulator)),
        iris: () => askIris(emulator),
        truphone: () => post(emulator, tokenEndpoint, truphoneClient(emulator)),
      }
      provider.refuseAllAccessTokens(true)
      const { accessToken } = await readTokens(await answers[name]())
      const url = apiUrl + paths[name]
      const answer = await withBearer(emulator, url, accessToken)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
      provider.refuseAllAccessTokens(false)
      expect((await withBearer(emulator, url, accessToken)).status).toBe(200)
      provider.setApiClockSkew(365 * 86_400_000)
      expect((await withBearer(emulator, url, accessToken)).status).toBe(401)
    },
  )

  it('with its clock apart lets tokens expire by that clock, and shows it in Date', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await truphoneSession(emulator)
    const { apiUrl, tokenEndpoint } = emulator.truphone.endpoints()
    const ask = (): Promise<Response> => withBearer(emulator, `${apiUrl}sims`, accessToken)
    emulator.truphone.setApiClockSkew(600_000)
    const ahead = await ask()
    expect([ahead.status, ahead.headers.get('date')]).toEqual([401, 'Sat, 21 Nov 2026 08:10:00 GMT'])
    const atTheServer = await emulator.fetch(tokenEndpoint)
    expect(atTheServer.headers.get('date')).toBe('Sat, 21 Nov 2026 08:00:00 GMT')
    emulator.truphone.setApiClockSkew(-600_000)
    emulator.advance(899_999)
    expect((await ask()).status).toBe(200)
    emulator.advance(1)
    expect((await ask()).status).toBe(401)
  })

  it('refuses a skew that is none', () => {
    const { iris } = frozenEmulator()
    expect(() => iris.setApiClockSkew(NaN)).toThrow(RangeError)
    expect(() => iris.setApiClockSkew(1e15)).toThrow('up to ten years')
  })
})

describe('malformed habits', () => {
  it.each([
    ['travis', { rotation: 'sometimes' }, '"rotation" must be "off", "on", "reuse-detection" or {"graceMs"'],
    ['travis', { rotation: { graceMs: -1 } }, '"rotation" must'],
    ['truphone', { sessionIdleMs: 0, refreshExpiresIn: 0 }, '"sessionIdleMs" must be a number above 0; "ref'],
    ['trafficStars', { includeRefreshToken: 1, x: 1 }, '"includeRefreshToken" must be true or false; "x" is'],
    ['teamServer', { returnsSameToken: null }, '"returnsSameToken" must be true or false'],
    ['iris', { rotation: 'on' }, '"rotation" is unknown (there are: basicEncoding)'],
  ] as const)('of %s are refused by name: %j', (name, habits, message) => {
    const provider: { configure: (habits: never) => void } = frozenEmulator()[name]
    expect(() => provider.configure(habits as never)).toThrow(message)
  })
})
