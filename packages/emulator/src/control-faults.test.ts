import { describe, expect, it } from 'vitest'
import { answerControl } from './control.ts'
import { askIris, frozenEmulator, readObject, truphoneSession, withBearer } from './emulator.test-support.ts'
import type { Emulator } from './emulator.ts'

async function control(emulator: Emulator, method: string, path: string, body?: unknown): Promise<Response> {
  const init = { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const request = new Request(`http://127.0.0.1:4010/_control${path}`, body === undefined ? { method } : init)
  return (await answerControl(emulator, request))!
}

describe('faults over HTTP', () => {
  it('are added, listed and cleared', async () => {
    const emulator = frozenEmulator()
    const fault = { kind: 'status', status: 503, headers: { 'retry-after': '30' }, times: 'Infinity' }
    const added = await control(emulator, 'POST', '/iris/faults', fault)
    const listed = { kind: 'status', on: 'token', applied: 0, remaining: 'Infinity', share: 1 }
    expect([added.status, await readObject(added)]).toEqual([201, { faults: [listed] }])
    const refused = await askIris(emulator)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
    await control(emulator, 'POST', '/iris/faults', { kind: 'html', times: 2 })
    expect(await readObject(await control(emulator, 'GET', '/iris/faults'))).toMatchObject({
      faults: [{ applied: 1 }, { kind: 'html', remaining: 2 }],
    })
    expect((await control(emulator, 'DELETE', '/iris/faults')).status).toBe(204)
    expect((await askIris(emulator)).status).toBe(200)
  })

  it('set habits, bump not-before, refuse all and part the clocks', async () => {
    const emulator = frozenEmulator()
    const url = `${emulator.truphone.endpoints().apiUrl}sims`
    expect((await control(emulator, 'POST', '/truphone/habits', { rotation: 'on' })).status).toBe(204)
    const { refresh, refreshToken } = await truphoneSession(emulator)
    expect([(await refresh(refreshToken)).status, (await refresh(refreshToken)).status]).toEqual([200, 400])
    for (const [path, wrong, right] of [
      ['refuse-all', { isRefusing: true }, { isRefusing: false }],
      ['clock-skew', { ms: 600_000 }, { ms: 0 }],
    ] as const) {
      const { accessToken } = await truphoneSession(emulator)
      expect((await control(emulator, 'POST', `/truphone/${path}`, wrong)).status).toBe(204)
      expect((await withBearer(emulator, url, accessToken)).status).toBe(401)
      expect((await control(emulator, 'POST', `/truphone/${path}`, right)).status).toBe(204)
      expect((await withBearer(emulator, url, accessToken)).status).toBe(200)
    }
    const session = await truphoneSession(emulator)
    expect((await control(emulator, 'POST', '/truphone/revoke', { what: 'not-before' })).status).toBe(204)
    expect((await withBearer(emulator, url, session.accessToken)).status).toBe(401)
  })

  it.each([
    ['/iris/faults', { kind: 'nonsense' }, 'There are: status, delay, reset'],
    [
      '/iris/faults',
      { kind: 'status', status: 1, x: 1 },
      '"status" must be a whole number from 200 to 599; "x" is',
    ],
    ['/iris/faults', { kind: 'html', times: 'many' }, '"times" must be a whole number above 0, or Infinity'],
    [
      '/iris/habits',
      { basicEncoding: 'rot13', rotation: 'on' },
      '"basicEncoding" must be one of "rfc", "raw"; "rot',
    ],
    ['/iris/refuse-all', {}, 'Send {"isRefusing": true}'],
    ['/iris/clock-skew', { ms: '1' }, 'Send {"ms": <milliseconds>}.'],
    ['/iris/clock-skew', { ms: 1e15 }, 'up to ten years'],
    ['/iris/revoke', { what: 'not-before' }, 'Send {"what": "access-tokens"}'],
  ])('%s refuses %j with 400', async (path, body, message) => {
    const response = await control(frozenEmulator(), 'POST', path, body)
    expect([response.status, await readObject(response)]).toEqual([
      400,
      { error: expect.stringContaining(message) },
    ])
  })

  it('answers other methods, actions and providers as the rest of the control does', async () => {
    const emulator = frozenEmulator()
    expect((await control(emulator, 'PUT', '/iris/faults')).status).toBe(405)
    expect((await control(emulator, 'POST', '/iris/nothing', {})).status).toBe(404)
    expect((await control(emulator, 'POST', '/nobody/faults', {})).status).toBe(404)
  })

  it('register redirect URIs, at TRAVIS and nowhere else', async () => {
    const emulator = frozenEmulator()
    const uris = ['http://127.0.0.1:3000/api/auth/callback/travis']
    expect((await control(emulator, 'POST', '/travis/redirect-uris', { uris })).status).toBe(204)
    const url = new URL(emulator.travis.endpoints().authorizationEndpoint)
    const { clientId } = emulator.travis.credentials.customerClient
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: uris[0] ?? '',
    }).toString()
    expect((await emulator.fetch(url)).status).toBe(200)
    expect((await control(emulator, 'POST', '/travis/redirect-uris', { uris: ['x'] })).status).toBe(400)
    expect((await control(emulator, 'POST', '/travis/redirect-uris', { uris: 'x' })).status).toBe(400)
    expect((await control(emulator, 'POST', '/truphone/redirect-uris', { uris })).status).toBe(400)
  })
})
