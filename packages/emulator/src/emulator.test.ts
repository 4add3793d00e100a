import { describe, expect, it } from 'vitest'
import { createEmulator } from './emulator.ts'
import {
  askIris,
  frozenEmulator,
  post,
  readTokens,
  travisService,
  truphoneClient,
  withBearer,
} from './emulator.test-support.ts'

describe('fetch', () => {
  it.each([
    'https://api.travis.example/vehicles',
    'https://api.trafficstars.com/v1/campaigns',
    'http://teamserver.example.com/api/datasources',
    'https://teamserver.example.com/api/datasources',
    'https://iris.trackunit.example/assets',
    'https://services.truphone.com/connect-api/sims',
    'http://emulator.test/travis/api/vehicles',
    'http://emulator.test/trafficstars/v1/campaigns',
    'http://emulator.test/team-server/api/datasources',
    'http://emulator.test/iris/api/assets',
    'http://emulator.test/truphone/connect-api/sims',
  ])('reaches the API at %s', async url => {
    const { fetch } = frozenEmulator()
    const response = await fetch(url)
    expect(response.status).toBe(401)
    expect(response.url).toBe(url)
  })

  it.each([
    'https://example.com/',
    'http://auth.yourtravis.com/',
    'http://emulator.test.evil.example/travis/',
  ])('rejects %s as an unknown host', async url => {
    const { fetch, journal } = frozenEmulator()
    const failure: unknown = await fetch(url).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TypeError)
    expect(failure).toMatchObject({ message: 'fetch failed', cause: { code: 'ENOTFOUND' } })
    expect(journal.count()).toBe(0)
  })

  it('takes a Request and a URL', async () => {
    const { fetch } = frozenEmulator()
    const url = 'http://emulator.test/iris/token'
    expect((await fetch(new Request(url))).status).toBe(405)
    expect((await fetch(new URL(url))).status).toBe(405)
  })

  it('sends nothing when already aborted', async () => {
    const { fetch, journal } = frozenEmulator()
    const reason = new Error('enough')
    const sent = fetch('http://emulator.test/iris/token', { signal: AbortSignal.abort(reason) })
    await expect(sent).rejects.toBe(reason)
    expect(journal.count()).toBe(0)
  })

  it('rejects at once when aborted on the way', async () => {
    const emulator = frozenEmulator()
    const controller = new AbortController()
    const url = emulator.truphone.endpoints().tokenEndpoint
    const body = new URLSearchParams(truphoneClient(emulator))
    const sent = emulator.fetch(url, { method: 'POST', body, signal: controller.signal })
    controller.abort()
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('answers 404 for a path of no provider, and journals it', async () => {
    const emulator = frozenEmulator()
    const response = await emulator.fetch('http://emulator.test/travisty/x')
    expect(response.status).toBe(404)
    expect(emulator.journal.entries()).toMatchObject([{ kind: 'unknown', path: '/travisty/x', status: 404 }])
  })
})

describe('handle', () => {
  it('answers by path, whatever the host', async () => {
    const { handle } = frozenEmulator()
    const response = await handle(new Request('http://127.0.0.1:4010/iris/token'))
    expect(response.status).toBe(405)
  })
})

describe('endpoints', () => {
  it('are the providers’ own without an origin', () => {
    const { travis, trafficStars, teamServer, iris, truphone } = frozenEmulator()
    expect(
      [travis, trafficStars, teamServer, iris, truphone].map(provider => provider.endpoints()),
    ).toMatchObject([
      {
        tokenEndpoint:
          'https://auth.yourtravis.com/realms/travis-road-services/protocol/openid-connect/token',
        apiUrl: 'https://api.travis.example/',
      },
      {
        tokenEndpoint: 'https://api.trafficstars.com/v1/auth/token',
        apiUrl: 'https://api.trafficstars.com/',
        sessionInfoEndpoint: 'https://api.trafficstars.com/v1/auth/info',
        logoutEndpoint: 'https://api.trafficstars.com/v1/auth/logout',
      },
      {
        tokenEndpoint: 'http://teamserver.example.com/api/oauth/token',
        apiUrl: 'http://teamserver.example.com/api/',
        baseUrl: 'http://teamserver.example.com',
      },
      { tokenEndpoint: 'https://auth.trackunit.com/token', apiUrl: 'https://iris.trackunit.example/' },
      {
        tokenEndpoint: 'https://services.truphone.com/auth/realms/tru-staff/protocol/openid-connect/token',
        apiUrl: 'https://services.truphone.com/connect-api/',
      },
    ])
  })
})

describe('time', () => {
  it('is the given clock plus what was skipped', () => {
    let time = 1_000
    const emulator = createEmulator({ now: () => time })
    emulator.advance(500)
    time = 2_000
    expect(emulator.now()).toBe(2_500)
    emulator.advance(0)
    expect(emulator.now()).toBe(2_500)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('does not advance by %s', ms => {
    expect(() => createEmulator().advance(ms)).toThrow(RangeError)
  })

  it.each([1e308, 9e15, Date.parse('9999-12-31T23:59:59.999Z')])(
    'does not advance by %s, past the year 9999, and lives on',
    async ms => {
      const emulator = frozenEmulator()
      const before = emulator.now()
      expect(() => emulator.advance(ms)).toThrow(/ends with the year 9999, in \d+ ms\.$/)
      expect(emulator.now()).toBe(before)
      expect((await askIris(emulator)).status).toBe(200)
    },
  )

  it('answers at its very end, with the longest lifetimes', async () => {
    const emulator = frozenEmulator()
    emulator.advance(Date.parse('9999-12-31T23:59:59.999Z') - emulator.now())
    expect(() => emulator.advance(1)).toThrow(RangeError)
    emulator.travis.setLifetimes({ accessTokenMs: 3_155_760_000_000, refreshTokenMs: 3_155_760_000_000 })
    const { tokenEndpoint, apiUrl } = emulator.travis.endpoints()
    const { accessToken } = await readTokens(await post(emulator, tokenEndpoint, travisService(emulator)))
    expect((await withBearer(emulator, `${apiUrl}vehicles`, accessToken)).status).toBe(200)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300])('does not take a lifetime of %s', ms => {
    const { travis } = createEmulator()
    expect(() => travis.setLifetimes({ accessTokenMs: ms })).toThrow('accessTokenMs')
    expect(() => travis.setLifetimes({ refreshTokenMs: ms })).toThrow('refreshTokenMs')
  })

  it('passes for every provider at once', async () => {
    const emulator = frozenEmulator()
    const travis = await readTokens(
      await post(emulator, emulator.travis.endpoints().tokenEndpoint, travisService(emulator)),
    )
    const iris = await readTokens(await askIris(emulator))
    emulator.advance(300_000)
    const ask = async (url: string, token: string): Promise<number> =>
      (await withBearer(emulator, url, token)).status
    expect(await ask(`${emulator.travis.endpoints().apiUrl}vehicles`, travis.accessToken)).toBe(401)
    expect(await ask(`${emulator.iris.endpoints().apiUrl}assets`, iris.accessToken)).toBe(200)
  })
})

describe('two emulators', () => {
  it('do not accept each other’s tokens', async () => {
    const [one, two] = [frozenEmulator(), frozenEmulator()]
    const { tokenEndpoint, apiUrl } = one.travis.endpoints()
    const { accessToken } = await readTokens(await post(one, tokenEndpoint, travisService(one)))
    expect((await withBearer(one, `${apiUrl}vehicles`, accessToken)).status).toBe(200)
    expect((await withBearer(two, `${apiUrl}vehicles`, accessToken)).status).toBe(401)
  })
})
