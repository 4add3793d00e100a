import { describe, expect, it, vi } from 'vitest'
import { createEmulator } from '../emulator.ts'
import type { Emulator } from '../emulator.ts'
import {
  askIris,
  emulatorWithTimers,
  frozenEmulator,
  post,
  readObject,
  readTokens,
  truphoneClient,
  truphoneSession,
  withBearer,
} from '../emulator.test-support.ts'
import type { Fault } from './fault.ts'

function ask(emulator: Emulator, init: RequestInit = {}): Promise<Response> {
  const body = new URLSearchParams(truphoneClient(emulator))
  return emulator.fetch(emulator.truphone.endpoints().tokenEndpoint, { method: 'POST', body, ...init })
}

async function statuses(count: number, answer: () => Promise<Response>): Promise<readonly number[]> {
  const seen: number[] = []
  for (let index = 0; index < count; index += 1) seen.push((await answer()).status)
  return seen
}

const teapot = { kind: 'status', status: 418 } as const

describe('which requests a fault meets', () => {
  it('is the next one to the token endpoint, unless told otherwise', async () => {
    const emulator = frozenEmulator()
    const handle = emulator.truphone.faults.add(teapot)
    const { jwksEndpoint, apiUrl } = emulator.truphone.endpoints()
    expect((await emulator.fetch(jwksEndpoint)).status).toBe(200)
    expect((await emulator.fetch(`${apiUrl}sims`)).status).toBe(401)
    expect((await askIris(emulator)).status).toBe(200)
    expect(handle.applied).toBe(0)
    expect(await statuses(3, () => ask(emulator))).toEqual([418, 200, 200])
    expect(handle.applied).toBe(1)
  })

  it('are the next N', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ ...teapot, times: 2 })
    expect(await statuses(3, () => ask(emulator))).toEqual([418, 418, 200])
  })

  it('are all of them until the handle removes it', async () => {
    const emulator = frozenEmulator()
    const handle = emulator.truphone.faults.add({ ...teapot, times: Infinity })
    expect(await statuses(30, () => ask(emulator))).toEqual(Array(30).fill(418))
    handle.remove()
    expect([(await ask(emulator)).status, handle.applied]).toEqual([200, 30])
  })

  it('are those of the API, or of every endpoint', async () => {
    const emulator = frozenEmulator()
    const { faults } = emulator.trafficStars
    const { apiUrl, tokenEndpoint, sessionInfoEndpoint, jwksEndpoint } = emulator.trafficStars.endpoints()
    const urls = [tokenEndpoint, sessionInfoEndpoint, jwksEndpoint, `${apiUrl}v1/campaigns`]
    const all = async (): Promise<readonly number[]> =>
      Promise.all(urls.map(async url => (await emulator.fetch(url)).status))
    faults.add({ ...teapot, on: 'api', times: Infinity })
    expect(await all()).toEqual([405, 405, 200, 418])
    faults.clear()
    faults.add({ ...teapot, on: 'all', times: Infinity })
    expect(await all()).toEqual([418, 418, 418, 418])
  })

  it('are those with a grant type, in a form or in a query', async () => {
    const emulator = frozenEmulator()
    const fault: Fault = { ...teapot, grantType: 'refresh_token', times: Infinity }
    emulator.truphone.faults.add(fault)
    const { refresh } = await truphoneSession(emulator)
    expect((await refresh('x')).status).toBe(418)
    expect(emulator.journal.count({ provider: 'truphone', kind: 'token', grantType: 'refresh_token' })).toBe(
      1,
    )
    emulator.teamServer.faults.add(fault)
    const { tokenEndpoint } = emulator.teamServer.endpoints()
    expect((await emulator.fetch(`${tokenEndpoint}?grant_type=refresh_token`)).status).toBe(418)
    expect((await emulator.fetch(`${tokenEndpoint}?grant_type=password`)).status).toBe(401)
  })

  it('are a share of them, the same one for the same seed', async () => {
    const seen = await Promise.all(
      [1, 1, 2].map(seed => {
        const emulator = createEmulator({ seed })
        emulator.iris.faults.add({ ...teapot, on: 'api', share: 0.3, times: Infinity })
        const { apiUrl } = emulator.iris.endpoints()
        return statuses(1_000, () => emulator.fetch(`${apiUrl}assets`))
      }),
    )
    const hits = seen[0]!.filter(status => status === 418).length
    expect(hits).toBeGreaterThan(250)
    expect(hits).toBeLessThan(350)
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).not.toEqual(seen[0])
  })

  it('are those of a while, on the emulator’s clock', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ ...teapot, times: Infinity, forMs: 1_000 })
    expect((await ask(emulator)).status).toBe(418)
    emulator.advance(999)
    expect((await ask(emulator)).status).toBe(418)
    emulator.advance(1)
    expect((await ask(emulator)).status).toBe(200)
    expect(emulator.truphone.faults.list()).toEqual([])
  })

  it('go to the first fault that was added, then to the next', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add(teapot)
    emulator.truphone.faults.add({ kind: 'status', status: 503 })
    expect(await statuses(3, () => ask(emulator))).toEqual([418, 503, 200])
  })

  it('are listed with what remains', () => {
    const emulator = frozenEmulator()
    const { faults } = emulator.travis
    faults.add({ ...teapot, times: 3 })
    faults.add({ kind: 'html', on: 'api', share: 0.5, times: Infinity, forMs: 10 })
    faults.add({ kind: 'empty', grantType: 'password' })
    expect(faults.list()).toEqual([
      { kind: 'status', on: 'token', applied: 0, remaining: 3, share: 1 },
      { kind: 'html', on: 'api', applied: 0, remaining: Infinity, share: 0.5, untilAt: emulator.now() + 10 },
      { kind: 'empty', on: 'token', grantType: 'password', applied: 0, remaining: 1, share: 1 },
    ])
  })
})

describe('a fault', () => {
  it('of status answers with body and headers, and Retry-After in both forms', async () => {
    const emulator = frozenEmulator()
    const { faults } = emulator.truphone
    const date = new Date(emulator.now() + 30_000).toUTCString()
    faults.add({
      kind: 'status',
      status: 429,
      headers: { 'Retry-After': '30' },
      body: { error: 'slow_down' },
    })
    faults.add({ kind: 'status', status: 503, headers: { 'retry-after': date }, body: 'Down' })
    faults.add({ kind: 'status', status: 500, headers: { 'content-type': 'text/html' }, body: '<p>' })
    faults.add({ kind: 'status', status: 204 })
    const [limited, down, html, empty] = [
      await ask(emulator),
      await ask(emulator),
      await ask(emulator),
      await ask(emulator),
    ]
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '30'])
    expect(limited.headers.get('content-type')).toBe('application/json')
    expect(await readObject(limited)).toEqual({ error: 'slow_down' })
    expect([down.status, down.headers.get('retry-after'), await down.text()]).toEqual([503, date, 'Down'])
    expect(down.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(html.headers.get('content-type')).toBe('text/html')
    expect([empty.status, await empty.text()]).toEqual([204, ''])
  })

  it('of delay lets the server act afterwards, and combines with the next fault', async () => {
    const { emulator, waiting, fire } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'delay', ms: 5_000, times: 2 })
    emulator.truphone.faults.add(teapot)
    const slow = ask(emulator)
    await fire()
    expect(waiting()).toEqual([5_000])
    await fire()
    expect((await slow).status).toBe(418)
    expect(emulator.journal.entries()[0]?.faults).toEqual(['delay', 'status'])
    const abort = new AbortController()
    const given = ask(emulator, { signal: abort.signal })
    await new Promise(resolve => setImmediate(resolve))
    expect(waiting()).toEqual([5_000])
    abort.abort()
    await expect(given).rejects.toThrow('aborted')
    expect(emulator.journal.count()).toBe(1)
    await fire()
    await vi.waitFor(() => expect(emulator.journal.count()).toBe(2))
    expect(emulator.journal.entries()[1]).toMatchObject({ status: 200, faults: ['delay'] })
  })

  it('of delay waits with setTimeout by default', async () => {
    const emulator = createEmulator()
    emulator.truphone.faults.add({ kind: 'delay', ms: 1 })
    expect((await ask(emulator)).status).toBe(200)
  })

  it('of reset rejects as fetch does, before the server acted', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.configure({ rotation: 'on' })
    const { refreshToken, refresh } = await truphoneSession(emulator)
    emulator.truphone.faults.add({ kind: 'reset', when: 'before' })
    const error: unknown = await refresh(refreshToken).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
    expect((await refresh(refreshToken)).status).toBe(200)
    const [, broken] = emulator.journal.entries()
    expect(broken).toMatchObject({ kind: 'token', grantType: 'refresh_token', status: 0, faults: ['reset'] })
  })

  it('of reset after the server acted loses the rotated token', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.configure({ rotation: 'on' })
    const { refreshToken, refresh } = await truphoneSession(emulator)
    emulator.truphone.faults.add({ kind: 'reset', when: 'after' })
    await expect(refresh(refreshToken)).rejects.toThrow('fetch failed')
    expect((await refresh(refreshToken)).status).toBe(400)
  })

  it.each(['html', 'truncated-json', 'empty', 'slow-body'] as const)(
    'of kind %s comes after the server acted',
    async kind => {
      const emulator = frozenEmulator()
      emulator.truphone.configure({ rotation: 'on' })
      const { refreshToken, refresh } = await truphoneSession(emulator)
      emulator.truphone.faults.add({ kind })
      expect((await refresh(refreshToken)).status).toBe(200)
      expect((await refresh(refreshToken)).status).toBe(400)
    },
  )

  it.each(['error-in-200', 'endless-body', 'gzip-bomb', 'redirect', 'status'] as const)(
    'of kind %s comes before the server acted',
    async kind => {
      const emulator = frozenEmulator()
      emulator.truphone.configure({ rotation: 'on' })
      const { refreshToken, refresh } = await truphoneSession(emulator)
      if (kind === 'redirect') emulator.truphone.faults.add({ kind, to: 'foreign-origin' })
      else emulator.truphone.faults.add(kind === 'status' ? teapot : { kind })
      await refresh(refreshToken)
      expect((await refresh(refreshToken)).status).toBe(200)
    },
  )

  it('of kind html is a web page with 200', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'html' })
    const response = await ask(emulator)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await response.text()).toMatch(/^<!doctype html>/)
  })

  it('of kind truncated-json breaks off in the middle', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'truncated-json' })
    const response = await ask(emulator)
    expect(response.headers.get('content-type')).toBe('application/json')
    const text = await response.text()
    expect(text).toMatch(/^\{"access_token":"/)
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  })

  it('of kind empty is 200 and nothing', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'empty' })
    const response = await ask(emulator)
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('of kind error-in-200 is an error with 200', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'error-in-200', error: 'bad_verification_code' })
    const response = await ask(emulator)
    expect(response.status).toBe(200)
    expect(await readObject(response)).toMatchObject({ error: 'bad_verification_code' })
    expect(emulator.journal.entries()[0]).toMatchObject({ status: 200, error: 'bad_verification_code' })
  })

  it('leaves HEAD without a body', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await truphoneSession(emulator)
    emulator.truphone.faults.add({ kind: 'html', on: 'api' })
    const { apiUrl } = emulator.truphone.endpoints()
    const response = await withBearer(emulator, `${apiUrl}sims`, accessToken, { method: 'HEAD' })
    expect([response.status, response.body]).toEqual([200, null])
  })

  it('spoils the answers of an API', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await truphoneSession(emulator)
    const url = `${emulator.truphone.endpoints().apiUrl}sims`
    emulator.truphone.faults.add({ kind: 'truncated-json', on: 'api' })
    const response = await withBearer(emulator, url, accessToken)
    await expect(response.json()).rejects.toThrow(SyntaxError)
    expect((await withBearer(emulator, url, accessToken)).status).toBe(200)
  })
})

describe('a slow body', () => {
  it('comes a byte a second', async () => {
    const { emulator, waiting, fire } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'slow-body' })
    const response = await ask(emulator)
    expect(waiting()).toEqual([])
    const reader = response.body!.getReader()
    const first = reader.read()
    expect(waiting()).toEqual([1_000])
    await fire()
    expect((await first).value).toEqual(new TextEncoder().encode('{'))
    void reader.read()
    expect(waiting()).toEqual([1_000])
    await reader.cancel()
    expect(waiting()).toEqual([])
  })

  it('comes whole at any pace', async () => {
    const { emulator, waiting, fire } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'slow-body', bytesPerSecond: 5_000 })
    const tokens = readTokens(await ask(emulator))
    await fire()
    expect(waiting()).toEqual([100])
    while (waiting().length > 0) await fire()
    expect((await tokens).accessToken).toMatch(/^ey/)
  })

  it('ends with the signal’s reason', async () => {
    const { emulator, waiting } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'slow-body' })
    const abort = new AbortController()
    const text = (await ask(emulator, { signal: abort.signal })).text()
    expect(waiting()).toEqual([1_000])
    abort.abort(new Error('deadline'))
    await expect(text).rejects.toThrow('deadline')
    expect(waiting()).toEqual([])
  })
})

describe('too much', () => {
  it('never ends, lets timers run, and stops with its reader', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'endless-body', times: 2 })
    const abort = new AbortController()
    const text = (await ask(emulator, { signal: abort.signal })).text()
    setTimeout(() => abort.abort(new Error('deadline')), 20)
    await expect(text).rejects.toThrow('deadline')
    const reader = (await ask(emulator)).body!.getReader()
    let length = 0
    while (length < 3_000_000) length += (await reader.read()).value?.length ?? 0
    await reader.cancel()
    expect((await reader.read()).done).toBe(true)
  })

  it('of gzip is 200 MB once fetch has decoded it', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'gzip-bomb' })
    const response = await ask(emulator)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    const reader = response.body!.getReader()
    let length = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.length
    }
    expect(length).toBe(200_000_000 + '{"padding":""}'.length)
  })
})

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308] as const)(
    'of status %i is shown to whoever asks for it',
    async status => {
      const emulator = frozenEmulator()
      emulator.truphone.faults.add({ kind: 'redirect', to: 'same-origin', status })
      const response = await ask(emulator, { redirect: 'manual' })
      const { tokenEndpoint } = emulator.truphone.endpoints()
      expect([response.status, response.headers.get('location')]).toEqual([
        status,
        `${tokenEndpoint}?redirected=1`,
      ])
    },
  )

  it('to the same origin gives a follower the real answer', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'redirect', to: 'same-origin' })
    const response = await ask(emulator)
    expect([response.redirected, response.url]).toEqual([true, expect.stringContaining('redirected=1')])
    await readTokens(response)
    expect(emulator.journal.entries().map(({ status }) => status)).toEqual([307, 200])
  })

  it('of 303 turns a POST into a GET', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'redirect', to: 'same-origin', status: 303 })
    expect((await ask(emulator)).status).toBe(405)
    expect(emulator.journal.entries().map(({ method }) => method)).toEqual(['POST', 'GET'])
  })

  it('to a foreign origin shows who follows', async () => {
    const emulator = frozenEmulator()
    const { tokenEndpoint } = emulator.truphone.endpoints()
    emulator.truphone.faults.add({ kind: 'redirect', to: 'foreign-origin', status: 308 })
    const response = await ask(emulator)
    const path = new URL(tokenEndpoint).pathname
    expect([response.status, response.url]).toEqual([404, `https://foreign.test/truphone${path}`])
    expect(emulator.journal.entries()[1]).toMatchObject({
      kind: 'unknown',
      method: 'POST',
      path: `/_foreign/truphone${path}`,
      status: 404,
    })
  })

  it('is an error for whoever wants none, and ends after twenty', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'redirect', to: 'same-origin', times: Infinity })
    const refused = ask(emulator, { redirect: 'error' })
    await expect(refused).rejects.toMatchObject({ message: 'fetch failed' })
    emulator.journal.clear()
    await expect(ask(emulator)).rejects.toMatchObject({ cause: { message: 'redirect count exceeded' } })
    expect(emulator.journal.count()).toBe(21)
  })
})

describe('a redirect of the test’s own', () => {
  it.each([
    ['ftp://files.example/', 'URL scheme must be a HTTP(S) scheme'],
    ['http://[', 'invalid redirect URL'],
    ['https://elsewhere.example/', 'getaddrinfo ENOTFOUND elsewhere.example'],
  ])('to %s fails as fetch does', async (location, message) => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'status', status: 302, headers: { location } })
    await expect(ask(emulator)).rejects.toMatchObject({ message: 'fetch failed', cause: { message } })
  })

  it('without a location is the answer', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'status', status: 302 })
    expect((await ask(emulator)).status).toBe(302)
  })

  it('to another origin drops Authorization, and a re-sent body does not', async () => {
    const emulator = frozenEmulator()
    const { iris } = emulator
    const location = iris.endpoints('http://emulator.test').tokenEndpoint
    const fault: Fault = { kind: 'status', status: 307, headers: { location } }
    iris.faults.add(fault)
    expect((await askIris(emulator)).status).toBe(401)
    expect(emulator.journal.entries()[1]).toMatchObject({ grantType: 'password', status: 401 })
    const { tokenEndpoint } = emulator.truphone.endpoints('http://emulator.test')
    emulator.truphone.faults.add({ ...fault, headers: { location: tokenEndpoint } })
    expect((await ask(emulator)).status).toBe(200)
  })
})

describe('a malformed fault', () => {
  it.each([
    [{ kind: 'x' }, 'There are: status, delay, reset, html, truncated-json'],
    [null, 'A fault is an object with a "kind".'],
    [{ kind: 'status', status: 99, body: 1 }, '"status" must be a whole number from 200 to 599; "body" must'],
    [{ kind: 'status', status: 204, body: 'x' }, '"body" must be absent with this status'],
    [{ kind: 'status', status: 200, headers: { 'a b': 'c' } }, '"headers" must be an object of header'],
    [{ kind: 'delay' }, '"ms" is missing'],
    [{ kind: 'delay', ms: 2 ** 31 }, '"ms" must be a number, from 0 to 2147483647'],
    [{ kind: 'reset', when: 'during' }, '"when" must be one of "before", "after"'],
    [
      { kind: 'redirect', to: 'x', status: 300 },
      '"to" must be one of "same-origin", "foreign-origin"; "status"',
    ],
    [{ kind: 'slow-body', bytesPerSecond: 0 }, '"bytesPerSecond" must be a number above 0'],
    [{ kind: 'html', times: 0, share: 2, forMs: -1, on: 'x' }, '"times" must be a whole number above 0'],
    [{ kind: 'html', status: 200 }, '"status" is unknown (there are: on, grantType, times, share, forMs)'],
    [{ kind: 'html', on: 'api', grantType: 'password' }, '"grantType" goes with "on": "token" only'],
  ])('%j is refused by name', (fault, message) => {
    const { faults } = frozenEmulator().iris
    expect(() => faults.add(fault as unknown as Fault)).toThrow(TypeError)
    expect(() => faults.add(fault as unknown as Fault)).toThrow(message)
    expect(faults.list()).toEqual([])
  })
})

describe('the journal', () => {
  it('notes the kinds of faults, and holds no secret', async () => {
    const { emulator, fire, waiting } = emulatorWithTimers()
    const faults: readonly Fault[] = [
      teapot,
      { kind: 'delay', ms: 1 },
      { kind: 'reset', when: 'before' },
      { kind: 'reset', when: 'after' },
      { kind: 'html' },
      { kind: 'truncated-json' },
      { kind: 'error-in-200' },
      { kind: 'empty' },
      { kind: 'redirect', to: 'same-origin' },
      { kind: 'redirect', to: 'foreign-origin' },
      { kind: 'slow-body' },
      { kind: 'endless-body' },
      { kind: 'gzip-bomb' },
    ]
    const canaries = { client_id: 'canary-1', client_secret: 'canary-2', refresh_token: 'canary-3' }
    for (const grantType of ['refresh_token', 'canary-0']) {
      for (const fault of faults) {
        for (const provider of [emulator.truphone, emulator.teamServer]) {
          provider.faults.add(fault)
          const { tokenEndpoint } = provider.endpoints()
          const form = { ...canaries, grant_type: grantType }
          const request = post(emulator, `${tokenEndpoint}?${new URLSearchParams(form)}`, form)
          const settled = request.catch(() => {})
          await fire()
          while (waiting().length > 0) await fire()
          await settled
        }
      }
    }
    const entries = emulator.journal.entries()
    const kinds = new Set(entries.flatMap(entry => entry.faults ?? []))
    expect([...kinds].sort()).toEqual([...new Set(faults.map(({ kind }) => kind))].sort())
    expect(JSON.stringify(entries)).not.toContain('canary')
  })
})

it('a fault with a share or a stretch of time lasts without a count, a bare one spoils one request', async () => {
  const { faults } = createEmulator().iris
  const remaining = (fault: Parameters<typeof faults.add>[0]): number | undefined => {
    faults.clear()
    faults.add(fault)
    return faults.list()[0]?.remaining
  }
  expect(remaining({ kind: 'html' })).toBe(1)
  expect(remaining({ kind: 'html', forMs: 30_000 })).toBe(Number.POSITIVE_INFINITY)
  expect(remaining({ kind: 'html', share: 0.5 })).toBe(Number.POSITIVE_INFINITY)
  expect(remaining({ kind: 'html', share: 0.5, times: 3 })).toBe(3)
})
