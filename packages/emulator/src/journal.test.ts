import { describe, expect, it } from 'vitest'
import {
  askIris,
  basic,
  frozenEmulator,
  inForm,
  post,
  readTokens,
  teamServerUrl,
  trafficStarsKey,
  travisCustomer,
  withBearer,
} from './emulator.test-support.ts'
import { RequestJournal } from './journal.ts'
import { redactedPath } from './redacted-path.ts'

describe('the journal', () => {
  it('tells who asked for what, and how it went', async () => {
    const emulator = frozenEmulator()
    const { tokenEndpoint, apiUrl } = emulator.travis.endpoints()
    const { accessToken } = await readTokens(await post(emulator, tokenEndpoint, travisCustomer(emulator)))
    emulator.advance(1_000)
    await withBearer(emulator, `${apiUrl}vehicles?size=5&status=ACTIVE&other=x`, accessToken)
    await emulator.fetch(apiUrl)
    const who = { clientId: 'fake-travis-portal', username: 'anna.devries@customer.example' }
    expect(emulator.journal.entries()).toEqual([
      {
        at: Date.parse('2026-11-21T08:00:00.123Z'),
        provider: 'travis',
        kind: 'token',
        method: 'POST',
        path: '/travis/auth/realms/travis-road-services/protocol/openid-connect/token',
        grantType: 'password',
        ...who,
        status: 200,
      },
      {
        at: Date.parse('2026-11-21T08:00:01.123Z'),
        provider: 'travis',
        kind: 'api',
        method: 'GET',
        path: '/travis/api/vehicles?size=5&status=ACTIVE&other=[redacted]',
        ...who,
        status: 200,
      },
      {
        at: Date.parse('2026-11-21T08:00:01.123Z'),
        provider: 'travis',
        kind: 'api',
        method: 'GET',
        path: '/travis/api/',
        status: 401,
        error: 'unauthorized',
      },
    ])
  })

  it('filters, counts and clears', async () => {
    const { journal, ...emulator } = frozenEmulator()
    await emulator.fetch('http://emulator.test/iris/token')
    await emulator.fetch('http://emulator.test/iris/api/assets')
    await emulator.fetch('http://emulator.test/truphone/connect-api/sims')
    expect(journal.count()).toBe(3)
    expect(journal.count({ kind: 'api' })).toBe(2)
    expect(journal.count({ provider: 'iris', kind: 'api' })).toBe(1)
    expect(journal.entries({ provider: 'iris' })).toHaveLength(2)
    expect(journal.entries({ grantType: 'password' })).toEqual([])
    journal.clear()
    expect([journal.count(), journal.entries()]).toEqual([0, []])
  })

  it('keeps the last 10,000 entries and counts them all', () => {
    const journal = new RequestJournal()
    for (let at = 0; at < 25_000; at += 1) {
      journal.record({ at, kind: 'token', method: 'POST', path: '/', status: 200 })
    }
    expect(journal.count({ kind: 'token' })).toBe(25_000)
    const entries = journal.entries()
    expect([entries.length, entries[0]?.at, entries.at(-1)?.at]).toEqual([10_000, 15_000, 24_999])
  })

  it('holds no secret, wherever a client puts it', async () => {
    const emulator = frozenEmulator()
    const canaries = ['canary-one', 'canary-two+x', 'canary:three']
    const origin = 'http://emulator.test'
    for (const canary of canaries) {
      const everywhere = {
        grant_type: canary,
        client_id: canary,
        client_secret: canary,
        username: canary,
        password: canary,
        refresh_token: canary,
        token: canary,
        scope: canary,
      }
      const query = new URLSearchParams({ ...everywhere, access_token: canary })
      const headers = [{ authorization: `Bearer ${canary}` }, basic(canary, canary)]
      const { travis, trafficStars, teamServer, iris, truphone } = emulator
      for (const provider of [travis, trafficStars, teamServer, iris, truphone]) {
        for (const url of Object.values(provider.endpoints(origin))) {
          for (const header of headers) {
            await emulator.fetch(`${url}?${query}`, { headers: header })
            await post(emulator, `${url}?${query}`, everywhere, header)
            await post(emulator, url, { ...everywhere, grant_type: 'password' }, header)
          }
        }
      }
    }
    const journal = JSON.stringify(emulator.journal.entries())
    expect(emulator.journal.count()).toBeGreaterThan(100)
    expect(journal).not.toContain('canary')
  })

  it('holds none of the credentials and tokens that worked', async () => {
    const emulator = frozenEmulator()
    const { travis, trafficStars, teamServer, iris } = emulator
    const secrets: string[] = []
    const responses = [
      await post(emulator, travis.endpoints().tokenEndpoint, travisCustomer(emulator)),
      await post(emulator, trafficStars.endpoints().tokenEndpoint, trafficStarsKey(emulator)),
      await emulator.fetch(teamServerUrl(emulator)),
      await askIris(emulator, iris.credentials.special),
    ]
    for (const response of responses) {
      const { accessToken, refreshToken, idToken } = await readTokens(response)
      secrets.push(accessToken, refreshToken, idToken)
      await emulator.fetch(`${teamServer.endpoints().apiUrl}datasources?access_token=${accessToken}`)
      await emulator.fetch(`${teamServer.endpoints().apiUrl}datasources/${accessToken}`)
      await post(emulator, travis.endpoints().logoutEndpoint, {
        ...inForm(travis.credentials.customerClient),
        refresh_token: refreshToken,
      })
    }
    secrets.push(
      travis.credentials.customerClient.clientSecret,
      travis.credentials.customers[0].password,
      trafficStars.credentials.apiKey,
      teamServer.credentials.clientSecret,
      teamServer.credentials.password,
      iris.credentials.special.clientSecret,
      iris.credentials.special.password,
    )
    const journal = JSON.stringify(emulator.journal.entries())
    for (const secret of secrets.filter(Boolean)) {
      expect(journal).not.toContain(secret)
      expect(journal).not.toContain(encodeURIComponent(secret))
    }
  })
})

describe('redactedPath', () => {
  it.each([
    ['/a/b', '', '/a/b'],
    ['/a', 'page=1&secret=x', '/a?page=1&secret=[redacted]'],
    ['/a', 'page=1%262', '/a?page=1%262'],
    [`/a/${'x'.repeat(25)}`, '', '/a/[redacted]'],
    [`/a/${'x'.repeat(24)}`, '', `/a/${'x'.repeat(24)}`],
    ['/a', `${'y'.repeat(33)}=1`, '/a?[redacted]=[redacted]'],
  ])('turns %s?%s into %s', (path, query, expected) => {
    expect(redactedPath(path, new URLSearchParams(query), new Set(['page']), false)).toBe(expected)
  })

  it('shows the ids of records that were found', () => {
    const path = '/travis/api/vehicles/af9da521-a8da-487c-bf89-4a817c898cd6'
    expect(redactedPath(path, new URLSearchParams(), new Set(), true)).toBe(path)
  })
})
