import { describe, expect, test } from 'vitest'
import { alice, createBench, rejection, tokenOf } from './engine.test-support.ts'
import type { Bench } from './engine.test-support.ts'
import { ForgetfulStore } from './forgetful-store.test-support.ts'
import { passwordGrant } from './index.ts'
import type { TokenManager, TokenStore } from './index.ts'
import { requestToken } from './token-endpoint.ts'
import { authorizationBase } from './units.test-support.ts'
import { VirtualClock } from '@evergrant/testing'

// A store that loses what it had acknowledged, and a process that stands still while its claim ends.

const lifeMs = 301_000

interface Shared {
  readonly bench: Bench
  readonly inner: ForgetfulStore
  /** Another process: a store object of its own over the same record. */
  process(change?: Partial<TokenStore>): TokenManager
  readonly redeemed: () => readonly string[]
}

function shared(): Shared {
  const bench = createBench()
  const inner = new ForgetfulStore(bench.clock.monotonic)
  return {
    bench,
    inner,
    process: change => {
      const store = { read: inner.read, write: inner.write, ...change }
      return bench.users({ rotation: { mode: 'rotating' } }, { store }).for('alice')
    },
    redeemed: () =>
      bench.server.tokenRequests.flatMap(({ parameters }) => parameters.get('refresh_token') ?? []),
  }
}

/** Two processes with a token that has just expired. */
async function expired(
  scene: Shared,
  change?: Partial<TokenStore>,
): Promise<readonly [TokenManager, TokenManager]> {
  const { bench } = scene
  const [first, second] = [scene.process(change), scene.process()]
  bench.server.answer(tokenOf('access-a', 'refresh-a'))
  await first.signIn(passwordGrant(alice))
  await second.getAccessToken()
  await bench.clock.advance(lifeMs)
  return [first, second]
}

describe.each(['is gone', 'is the one of before'] as const)('a record that %s', what => {
  test('F7 does not end a claim that was seen', async () => {
    const scene = shared()
    const [first, second] = await expired(scene)
    const { bench, inner } = scene
    const before = inner.entry
    bench.server.answer({ ...tokenOf('access-b', 'refresh-b'), delayMs: 5000 })
    const asked = [first.getAccessToken()]
    await bench.clock.advance(10)
    asked.push(second.getAccessToken())
    await bench.clock.advance(1000)
    inner.entry = what === 'is gone' ? undefined : before
    expect(await bench.clock.runUntil(Promise.all(asked))).toEqual(['access-b', 'access-b'])
    expect(scene.redeemed()).toEqual(['refresh-a'])
  })

  test('F7 is written again as soon as whoever has the newest one looks', async () => {
    const scene = shared()
    let hint: (key: undefined) => void = () => undefined
    const [first] = await expired(scene, {
      watch: listener => {
        hint = listener
        return { [Symbol.dispose]: () => undefined }
      },
    })
    const { bench, inner } = scene
    const before = inner.entry
    bench.server.answer(tokenOf('access-b', 'refresh-b'))
    await first.getAccessToken()
    inner.entry = what === 'is gone' ? undefined : before
    // Nothing is due; the connection broke, so the next call looks.
    hint(undefined)
    await first.getAccessToken()
    await bench.clock.advance(100)
    expect(inner.entry?.payload).toContain('"refresh-b"')
    expect(scene.redeemed()).toEqual(['refresh-a'])
  })
})

test('F7 a sign-out that the store has lost is written again, before anybody brings the session back', async () => {
  const scene = shared()
  const { bench, inner } = scene
  const [first, second] = await expired(scene)
  const before = inner.entry
  await first.signOut()
  inner.entry = before
  expect(await rejection(first.getAccessToken())).toMatchObject({ reason: 'signed-out' })
  await bench.clock.advance(2000)
  expect(await rejection(first.getAccessToken())).toMatchObject({ reason: 'signed-out' })
  await bench.clock.advance(2000)
  expect(inner.entry?.payload).toContain('"signedOut":true')
  expect(await rejection(second.getAccessToken())).toMatchObject({ reason: 'signed-out' })
  expect(scene.redeemed()).toEqual([])
})

describe('a process that stood still', () => {
  test('F6 until its claim had ended sends nothing before it has looked again', async () => {
    const scene = shared()
    const { bench, inner } = scene
    let isStopped = false
    const [first, second] = await expired(scene, {
      write: async (...given) => {
        const result = await inner.write(...given)
        if (!isStopped) return result
        isStopped = false
        // The machine slept: its monotonic clock too, and everybody else's went on.
        bench.clock.jumpWall(3_600_000)
        const current = await inner.read(given[0])
        const record = JSON.parse(current?.payload ?? '{}') as object
        const access = {
          '': { token: 'access-z', type: 'Bearer', lifetimeMs: 300_000, remainingAtWriteMs: 300_000 },
        }
        const refresh = { token: 'refresh-z', hash: 'fake-hash-z' }
        const later = { ...record, claim: undefined, generation: 9, access, refresh }
        await inner.write(given[0], JSON.stringify(later), {
          ifMatch: current?.etag ?? null,
          writeId: 'successor',
        })
        return result
      },
    })
    isStopped = true
    expect(await bench.clock.runUntil(first.getAccessToken())).toBe('access-z')
    expect(await second.getAccessToken()).toBe('access-z')
    expect(scene.redeemed()).toEqual([])
  })

  test('F6 reads the answer that arrived meanwhile, although its time is over', async () => {
    const clock = new VirtualClock()
    const timers: (() => void)[] = []
    let stoodMs = 0
    const stopped = {
      wall: () => clock.wall() + stoodMs,
      monotonic: () => clock.monotonic() + stoodMs,
      schedule: (callback: () => void) => {
        timers.push(callback)
        return () => undefined
      },
    }
    let answer: (response: Response) => void = () => undefined
    const fetch = (): Promise<Response> => new Promise(resolve => void (answer = resolve))
    const values = { refresh_token: 'fake-refresh' }
    const request = { grantType: 'refresh_token', parameters: { values, secrets: [] } }
    const result = requestToken(authorizationBase(), request, { fetch, clock: stopped }, 1000)
    await clock.advance(0)
    stoodMs = 5000
    timers[0]?.()
    answer(Response.json(tokenOf('access-b', 'refresh-b').body))
    expect(await result).toMatchObject({ kind: 'issued' })
  })
})
