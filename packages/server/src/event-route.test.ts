import { describe, expect, test, vi } from 'vitest'
import { createEventRoute } from './event-route.ts'
import type { EventRouteOptions } from './event-route.ts'
import { FakeSource, listen, serve } from './event-stream.test-support.ts'

describe('the route', () => {
  test('answers 404 unless it is enabled, and asks nobody', async () => {
    const authorize = vi.fn(() => true)
    const response = await serve({ isEnabled: undefined, authorize }).ask()
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
    expect(authorize).not.toHaveBeenCalled()
  })

  test.each([
    ['false', () => false],
    ['a promise of false', async () => false],
    ['something that is not true', () => 'yes' as unknown as boolean],
  ])('answers 403 without a subscription where authorize says %s', async (_what, authorize) => {
    const fleet = new FakeSource()
    const response = await serve({ sources: { fleet }, authorize }).ask()
    expect([response.status, response.headers.get('cache-control')]).toEqual([403, 'private, no-store'])
    expect(await response.json()).toMatchObject({ error: { code: 'not_authorized' } })
    expect(fleet.listeners.size).toBe(0)
  })

  test.each<[string, Record<string, string>]>([
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of another host of the site', { 'sec-fetch-site': 'same-site' }],
    ['of another origin', { origin: 'https://evil.example' }],
    ['of a sandboxed frame', { origin: 'null' }],
  ])('C66 is not for a page %s, and authorize is not asked', async (_what, headers) => {
    const authorize = vi.fn(() => true)
    const response = await serve({ authorize }).ask({ headers })
    expect(response.status).toBe(403)
    expect(authorize).not.toHaveBeenCalled()
  })

  test('takes the origins that are named', async () => {
    const { ask } = serve({ origins: ['https://pages.example.com'] })
    expect((await ask({ headers: { origin: 'https://pages.example.com' } })).status).toBe(200)
    expect((await ask({ headers: { origin: 'https://app.example.com' } })).status).toBe(403)
  })

  test('answers one client too many with 503, until one leaves', async () => {
    const { ask } = serve({ maxClients: 1 })
    const first = listen(await ask())
    const second = await ask()
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await second.json()).toMatchObject({ error: { code: 'too_many_clients' } })
    await first.leave()
    expect((await ask()).status).toBe(200)
  })

  test('finds the sources of each client, and leaves out what there is not', async () => {
    const [anna, bert] = [new FakeSource(), new FakeSource()]
    const { ask } = serve({
      sources: async request => ({
        mine: request.headers.get('x-user') === 'anna' ? anna : bert,
        nobodys: undefined,
      }),
    })
    const client = listen(await ask({ headers: { 'x-user': 'anna' } }))
    expect([anna.listeners.size, bert.listeners.size]).toEqual([1, 0])
    await client.leave()
    expect(anna.listeners.size).toBe(0)
  })

  test('answers HEAD without a body and without a subscription', async () => {
    const fleet = new FakeSource()
    const { ask, clock } = serve({ sources: { fleet } })
    const response = await ask({ method: 'HEAD' })
    expect([response.status, response.body]).toEqual([200, null])
    expect([fleet.listeners.size, clock.pendingTimers]).toEqual([0, 0])
  })

  test('takes no other method', async () => {
    const response = await serve().ask({ method: 'POST' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('rejects with what authorize throws', async () => {
    const authorize = async (): Promise<boolean> => {
      throw new Error('no database')
    }
    await expect(serve({ authorize }).ask()).rejects.toThrow('no database')
  })

  test('refuses options that cannot work, every one by name', () => {
    const options = {
      sources: { fleet: {} },
      keepAliveMs: 0,
      maxClients: 0,
      origins: ['*'],
    } as unknown as EventRouteOptions
    expect(() => createEventRoute(options)).toThrow(
      /authorize .*sources\.fleet .*keepAliveMs .*maxClients .*origins\[0\]/s,
    )
  })
})
