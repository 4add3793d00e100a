import { describe, expect, it } from 'vitest'
import { banner } from './banner.ts'
import { answerControl } from './control.ts'
import {
  frozenEmulator,
  post,
  readObject,
  readTokens,
  trafficStarsKey,
  travisService,
  withBearer,
} from './emulator.test-support.ts'

const origin = 'http://127.0.0.1:4010'

function ask(
  emulator: ReturnType<typeof frozenEmulator>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response | undefined> {
  const init = { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return answerControl(emulator, new Request(origin + path, body === undefined ? { method } : init))
}

describe('control', () => {
  it('leaves other paths alone', async () => {
    expect(await ask(frozenEmulator(), 'GET', '/travis/')).toBeUndefined()
  })

  it('shows providers, endpoints and fake credentials', async () => {
    const emulator = frozenEmulator()
    const response = await ask(emulator, 'GET', '/')
    expect(await readObject(response!)).toMatchObject({
      now: '2026-11-21T08:00:00.123Z',
      providers: [
        { name: 'travis', base: `${origin}/travis/`, credentials: emulator.travis.credentials },
        { name: 'trafficstars', endpoints: emulator.trafficStars.endpoints(origin) },
        { name: 'team-server' },
        { name: 'iris' },
        { name: 'truphone' },
      ],
    })
  })

  it('advances the clock', async () => {
    const emulator = frozenEmulator()
    const before = emulator.now()
    const response = await ask(emulator, 'POST', '/_control/advance', { ms: 5_000 })
    expect(await readObject(response!)).toEqual({ now: before + 5_000 })
    expect(emulator.now()).toBe(before + 5_000)
  })

  it('shows and clears the journal', async () => {
    const emulator = frozenEmulator()
    await emulator.fetch('http://emulator.test/iris/token')
    const response = await ask(emulator, 'GET', '/_control/journal')
    expect(await readObject(response!)).toMatchObject({
      count: 1,
      entries: [{ provider: 'iris', status: 405 }],
    })
    expect((await ask(emulator, 'DELETE', '/_control/journal'))?.status).toBe(204)
    expect(emulator.journal.count()).toBe(0)
  })

  it('sets lifetimes and revokes tokens', async () => {
    const emulator = frozenEmulator()
    const { tokenEndpoint, apiUrl } = emulator.travis.endpoints()
    const lifetimes = { accessTokenMs: 5_000, refreshTokenMs: 60_000 }
    expect((await ask(emulator, 'POST', '/_control/travis/lifetimes', lifetimes))?.status).toBe(204)
    const tokens = await readTokens(await post(emulator, tokenEndpoint, travisService(emulator)))
    expect(tokens.body).toMatchObject({ expires_in: 5, refresh_expires_in: 60 })
    await ask(emulator, 'POST', '/_control/travis/revoke', { what: 'access-tokens' })
    expect((await withBearer(emulator, `${apiUrl}vehicles`, tokens.accessToken)).status).toBe(401)
    await ask(emulator, 'POST', '/_control/travis/revoke', { what: 'refresh-tokens' })
    const refresh = {
      ...travisService(emulator),
      grant_type: 'refresh_token',
      refresh_token: tokens.refreshToken,
    }
    expect((await post(emulator, tokenEndpoint, refresh)).status).toBe(400)
  })

  it('withdraws the API keys of TrafficStars only', async () => {
    const emulator = frozenEmulator()
    const what = 'api-keys'
    expect((await ask(emulator, 'POST', '/_control/iris/revoke', { what }))?.status).toBe(400)
    expect((await ask(emulator, 'POST', '/_control/trafficstars/revoke', { what }))?.status).toBe(204)
    const { tokenEndpoint } = emulator.trafficStars.endpoints()
    expect((await post(emulator, tokenEndpoint, trafficStarsKey(emulator))).status).toBe(400)
  })

  it.each([
    ['POST', '/', {}, 405, 'Use GET or HEAD, not POST.'],
    ['PUT', '/_control/journal', {}, 405, 'Use GET or HEAD or DELETE, not PUT.'],
    ['GET', '/_control/advance', undefined, 405, 'Use POST, not GET.'],
    ['POST', '/_control/advance', {}, 400, 'Send {"ms": <milliseconds>}.'],
    ['POST', '/_control/advance', { ms: -1 }, 400, 'Cannot advance by -1 ms'],
    ['POST', '/_control/advance', { ms: 1e308 }, 400, 'the emulated time ends with the year 9999'],
    ['POST', '/_control/advance', [], 400, 'The body must be a JSON object.'],
    ['POST', '/_control/iris/lifetimes', { accessTokenMs: 0 }, 400, 'accessTokenMs is 0'],
    ['POST', '/_control/iris/lifetimes', { accessTokenMs: 1e308 }, 400, 'accessTokenMs is 1e+308'],
    ['POST', '/_control/iris/lifetimes', { accessTokenMs: '5' }, 400, 'must be a number of milliseconds'],
    ['POST', '/_control/iris/lifetimes', { accessToken: 5 }, 400, '"accessToken" is no lifetime'],
    ['POST', '/_control/iris/revoke', { what: 'all' }, 400, 'Send {"what": "access-tokens"}'],
    [
      'POST',
      '/_control/iris/revoke',
      { what: 'not-before' },
      400,
      'travis or truphone also {"what": "not-before"}',
    ],
    ['POST', '/_control/iris/revoke', { what: 'api-keys' }, 400, 'to trafficstars also {"what": "api-keys"}'],
    ['POST', '/_control/acme/revoke', {}, 404, 'There is no provider "acme"'],
    ['POST', '/_control/iris/explode', {}, 404, 'There is no /_control/iris/explode'],
    ['GET', '/_control', undefined, 404, 'GET /_control/journal'],
  ])('answers %s %s %o with a sentence that helps', async (method, path, body, status, message) => {
    const response = await ask(frozenEmulator(), method, path, body)
    expect(response?.status).toBe(status)
    expect((await readObject(response!))['error']).toContain(message)
  })

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', ''])(
    'refuses a POST of type "%s", which any web page could send',
    async type => {
      const emulator = frozenEmulator()
      const before = emulator.now()
      const headers = { 'content-type': type }
      const request = new Request(`${origin}/_control/advance`, { method: 'POST', body: '{"ms":1}', headers })
      expect((await answerControl(emulator, request))?.status).toBe(415)
      expect(emulator.now()).toBe(before)
    },
  )

  it('refuses a body that is no JSON', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    const request = new Request(`${origin}/_control/advance`, { method: 'POST', body: '{', headers })
    expect((await answerControl(frozenEmulator(), request))?.status).toBe(400)
  })
})

describe('the banner', () => {
  it('names every provider with its base path and credentials', () => {
    const text = banner(frozenEmulator(), origin)
    for (const name of ['travis', 'trafficstars', 'team-server', 'iris', 'truphone']) {
      expect(text).toContain(`${origin}/${name}/`)
    }
    expect(text).toContain('apiKey=fake-trafficstars-api-key')
    expect(text).toContain('customers.2')
    expect(text).toContain('clientSecret="fake:iris+secret%2F& £€"')
  })
})
