import { describe, expect, it } from 'vitest'
import { askIris, frozenEmulator, readTokens, truphoneSession, withBearer } from '../emulator.test-support.ts'
import type { Fault } from './fault.ts'
import { ask, teapot } from './faults.test-support.ts'

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

  it('that lasts gives every follower the real answer', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'redirect', to: 'same-origin', forMs: 60_000 })
    await readTokens(await ask(emulator))
    await readTokens(await ask(emulator))
    expect(emulator.journal.entries().map(({ status }) => status)).toEqual([307, 200, 307, 200])
  })

  it('is used up by requests, not by those that follow it', async () => {
    const emulator = frozenEmulator()
    const handle = emulator.truphone.faults.add({ kind: 'redirect', to: 'same-origin', times: 2 })
    await readTokens(await ask(emulator))
    expect(handle.applied).toBe(1)
    expect((await ask(emulator, { redirect: 'manual' })).status).toBe(307)
    expect((await ask(emulator, { redirect: 'manual' })).status).toBe(200)
  })

  it('to the same origin may lead into another fault', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'redirect', to: 'same-origin', times: Infinity })
    emulator.truphone.faults.add(teapot)
    expect((await ask(emulator)).status).toBe(418)
    emulator.truphone.faults.add({ kind: 'redirect', to: 'foreign-origin' })
    expect((await ask(emulator)).url).toMatch(/^https:\/\/foreign\.test\//)
    await readTokens(await ask(emulator))
  })

  it('of the API gives a follower the real answer, too', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await truphoneSession(emulator)
    emulator.truphone.faults.add({ kind: 'redirect', to: 'same-origin', on: 'api', forMs: 1_000 })
    const url = `${emulator.truphone.endpoints().apiUrl}sims?per_page=1`
    expect((await withBearer(emulator, url, accessToken)).status).toBe(200)
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
    const headers = { location: emulator.truphone.endpoints().tokenEndpoint }
    emulator.truphone.faults.add({ kind: 'status', status: 307, headers, times: Infinity })
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
