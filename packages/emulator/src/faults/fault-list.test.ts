import { describe, expect, it } from 'vitest'
import { createEmulator } from '../emulator.ts'
import type { Emulator } from '../emulator.ts'
import { askIris, frozenEmulator, truphoneSession } from '../emulator.test-support.ts'
import type { Fault } from './fault.ts'
import { ask, statuses, teapot } from './faults.test-support.ts'

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

  it('are a different share at every provider, and the same one for each seed', async () => {
    const spoiled = async (emulator: Emulator, name: 'travis' | 'iris' | 'truphone'): Promise<string> => {
      emulator[name].faults.add({ ...teapot, on: 'api', share: 0.5 })
      const { apiUrl } = emulator[name].endpoints()
      return (await statuses(64, () => emulator.fetch(apiUrl))).join()
    }
    const emulator = createEmulator({ seed: 7 })
    const one = await spoiled(emulator, 'travis')
    const seen = new Set([one, await spoiled(emulator, 'iris'), await spoiled(emulator, 'truphone')])
    expect(seen.size).toBe(3)
    expect(await spoiled(createEmulator({ seed: 7 }), 'travis')).toBe(one)
    expect(await spoiled(createEmulator({ seed: 8 }), 'travis')).not.toBe(one)
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
