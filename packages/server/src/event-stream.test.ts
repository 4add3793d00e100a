import { createTokenManager } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { truphone } from '@evergrant/providers'
import { describe, expect, test } from 'vitest'
import { FakeSource, listen, serve } from './event-stream.test-support.ts'
import type { Listener } from './event-stream.test-support.ts'
import { longestBacklog } from './event-stream.ts'

describe('a client that listens', () => {
  test('gets each explanation at once, and then every event with its explanation', async () => {
    const [fleet, sims] = [new FakeSource(), new FakeSource()]
    const { ask, clock } = serve({ sources: { fleet, sims } })
    const response = await ask()
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const client = listen(response)
    await clock.advance(0)
    const explanation = fleet.explain()
    expect(client.messages()).toEqual([
      { name: 'fleet', explanation },
      { name: 'sims', explanation },
    ])
    sims.tell('two\nlines')
    await clock.advance(0)
    expect(client.messages()[2]).toEqual({
      name: 'sims',
      event: { type: 'warned', message: 'two\nlines', provider: 'fake', key: 'fake', at: 1 },
      explanation,
    })
  })

  test('gets the explanation as the event leaves the credential, and not as it finds it', async () => {
    const fleet = new FakeSource()
    const { ask, clock } = serve({ sources: { fleet } })
    const client = listen(await ask())
    fleet.tell('It changes.')
    await Promise.resolve()
    fleet.summary = 'It has changed.'
    await clock.advance(0)
    expect(client.messages()[1]?.explanation.summary).toBe('It has changed.')
  })

  test('C69 gets neither token nor secret of a token manager', async () => {
    const emulator = createEmulator()
    const { clientId, clientSecret } = emulator.truphone.credentials
    const manager = createTokenManager(truphone({ clientId, clientSecret }), { fetch: emulator.fetch })
    const { ask, clock } = serve({ sources: { truphone: manager } })
    const client = listen(await ask())
    const accessToken = await manager.getAccessToken()
    await clock.advance(0)
    expect(client.messages().map(({ event }) => event?.type)).toEqual([
      undefined,
      'exchange-started',
      'token-obtained',
    ])
    expect(client.messages()[2]?.explanation.accessToken?.lifetimeMs).toBe(300_000)
    expect(client.text()).not.toContain(accessToken)
    expect(client.text()).not.toContain(clientSecret)
    await manager.dispose()
  })

  test('gets a comment at once, and every keepAliveMs', async () => {
    const { ask, clock } = serve({ keepAliveMs: 1000 })
    const client = listen(await ask())
    await clock.advance(999)
    expect(client.text()).toBe(':\n\n')
    await clock.advance(2001)
    expect(client.text()).toBe(':\n\n'.repeat(4))
  })

  test.each<[string, (client: Listener, controller: AbortController) => unknown]>([
    ['stops reading', client => client.leave()],
    ['goes away', (_client, controller) => controller.abort()],
  ])('and then %s leaves no subscription and no timer behind', async (_what, leave) => {
    const fleet = new FakeSource()
    const controller = new AbortController()
    const { ask, clock } = serve({ sources: { fleet } })
    const client = listen(await ask({ signal: controller.signal }))
    expect([fleet.listeners.size, clock.pendingTimers]).toEqual([1, 1])
    fleet.tell('too late')
    await leave(client, controller)
    await clock.advance(0)
    expect([fleet.listeners.size, clock.pendingTimers, client.end()]).toEqual([0, 0, 'closed'])
    expect(client.text()).not.toContain('too late')
  })

  test('and goes away while authorize thinks about it is not subscribed', async () => {
    const fleet = new FakeSource()
    const controller = new AbortController()
    const authorize = async (): Promise<boolean> => {
      controller.abort()
      return true
    }
    const { ask, clock } = serve({ sources: { fleet }, authorize })
    await ask({ signal: controller.signal })
    expect([fleet.listeners.size, clock.pendingTimers]).toEqual([0, 0])
  })
})

describe('a client that does not read', () => {
  test('is cut with what waits for it, as soon as that is above the limit', async () => {
    const fleet = new FakeSource()
    const { ask, clock } = serve({ sources: { fleet } })
    const response = await ask()
    for (let sent = 0; sent < longestBacklog - 20_000; sent += 10_000) fleet.tell('x'.repeat(9800))
    await clock.advance(0)
    expect(fleet.listeners.size).toBe(1)
    fleet.tell('x'.repeat(30_000))
    await clock.advance(0)
    expect([fleet.listeners.size, clock.pendingTimers]).toEqual([0, 0])
    const client = listen(response)
    await clock.advance(0)
    expect([client.end(), client.text()]).toEqual(['cut', ''])
  })

  test('is cut over the first explanations too, and no further source is subscribed', async () => {
    const [fleet, sims] = [new FakeSource(), new FakeSource()]
    fleet.summary = 'x'.repeat(longestBacklog)
    const { ask, clock } = serve({ sources: { fleet, sims }, maxClients: 1 })
    await ask()
    expect([fleet.listeners.size, sims.listeners.size, clock.pendingTimers]).toEqual([0, 0, 0])
    fleet.summary = 'short'
    expect((await ask()).status).toBe(200)
  })

  test('is not mistaken for one that reads much', async () => {
    const fleet = new FakeSource()
    const { ask, clock } = serve({ sources: { fleet } })
    const client = listen(await ask())
    for (let sent = 0; sent < 2 * longestBacklog; sent += 100_000) {
      fleet.tell('x'.repeat(100_000))
      await clock.advance(0)
    }
    expect([fleet.listeners.size, client.end()]).toEqual([1, undefined])
  })
})

test('a source that cannot be explained leaves nothing behind', async () => {
  const [fleet, sims] = [new FakeSource(), new FakeSource()]
  const explain = (): never => {
    throw new Error('boom')
  }
  const broken = { subscribe: sims.subscribe, explain }
  const { ask, clock } = serve({ sources: { fleet, broken }, maxClients: 1 })
  for (let time = 0; time < 2; time++) await expect(ask()).rejects.toThrow('boom')
  expect([fleet.listeners.size, sims.listeners.size, clock.pendingTimers]).toEqual([0, 0, 0])
})

test('a source that can no longer be explained costs its clients, not the process', async () => {
  const fleet = new FakeSource()
  let isBroken = false
  const explain: FakeSource['explain'] = () => {
    if (isBroken) throw new Error('boom')
    return fleet.explain()
  }
  const { ask, clock } = serve({ sources: { fleet: { subscribe: fleet.subscribe, explain } } })
  const client = listen(await ask())
  isBroken = true
  fleet.tell('news')
  await clock.advance(1)
  expect([client.end(), fleet.listeners.size]).toEqual(['cut', 0])
})
