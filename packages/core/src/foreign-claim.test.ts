import { describe, expect, test } from 'vitest'
import { createBench, tokenOf } from './engine.test-support.ts'
import { memoryStore, passwordGrant } from './index.ts'
import type { TokenManager, TokenStore } from './index.ts'

const grant = passwordGrant({ username: 'fake-user', password: 'fake-password' })

/** Another process's connection to the same data, which counts its reads and may give no hints. */
function connect(data: TokenStore, isTold: boolean): TokenStore & { reads: number; isDeaf: boolean } {
  const connection = {
    reads: 0,
    isDeaf: false,
    read(key: string): ReturnType<TokenStore['read']> {
      connection.reads++
      return data.read(key)
    },
    write: (...given: Parameters<TokenStore['write']>) => data.write(...given),
  }
  if (!isTold) return connection
  const watch: TokenStore['watch'] = listener =>
    data.watch?.(key => connection.isDeaf || listener(key)) as Disposable
  return Object.assign(connection, { watch })
}

/** Two processes with an expired token; the first has claimed it, and its answer takes a while. */
async function claimed(
  isTold: boolean,
  delayMs: number,
): Promise<{
  readonly bench: ReturnType<typeof createBench>
  readonly store: ReturnType<typeof connect>
  readonly waiter: TokenManager
  readonly work: Promise<string>
}> {
  const bench = createBench()
  const store = connect(bench.store, isTold)
  const holder = bench.manager({ grant })
  bench.server.answer(tokenOf('access-a', 'refresh-a'), { delayMs, ...tokenOf('access-b', 'refresh-b') })
  await holder.getAccessToken()
  await bench.clock.advance(301_000)
  const waiter = bench.manager({ grant, store })
  const work = holder.getAccessToken()
  await bench.clock.advance(1)
  store.reads = 0
  return { bench, store, waiter, work }
}

/** Virtual milliseconds until `promise` settles, in steps of one. */
async function timeOf(bench: ReturnType<typeof createBench>, promise: Promise<unknown>): Promise<number> {
  const startedAt = bench.clock.monotonic()
  const state = { isSettled: false }
  void promise.finally(() => (state.isSettled = true))
  await bench.clock.advance(0)
  for (let step = 0; !state.isSettled && step < 30_000; step++) await bench.clock.advance(1)
  return bench.clock.monotonic() - startedAt
}

describe('C76 whoever waits for the claim of another process', () => {
  test('hears of its end from a store that gives hints, and reads twice', async () => {
    const { bench, store, waiter } = await claimed(true, 120)
    expect(await timeOf(bench, waiter.getAccessToken())).toBe(119)
    expect(store.reads).toBe(2)
    expect(await waiter.getAccessToken()).toBe('access-b')
    expect(store.reads).toBe(2)
  })

  test.each([
    [120, 150],
    [400, 600],
  ])(
    'looks more and more rarely in a store that gives none (an answer after %i ms is seen after %i)',
    async (delayMs, seenMs) => {
      const { bench, waiter } = await claimed(false, delayMs)
      expect(await timeOf(bench, waiter.getAccessToken())).toBe(seenMs)
      expect(await waiter.getAccessToken()).toBe('access-b')
    },
  )

  test('looks again after a quarter of a second where a hint is lost', async () => {
    const { bench, store, waiter } = await claimed(true, 120)
    store.isDeaf = true
    expect(await timeOf(bench, waiter.getAccessToken())).toBe(250)
  })
})

describe('C78 a process that slept past its claim', () => {
  test('redeems nothing, and takes what its successor has', async () => {
    const bench = createBench()
    const data = memoryStore({ clock: bench.clock })
    let afterClaim: (() => Promise<unknown>) | undefined
    const store: TokenStore = {
      read: key => data.read(key),
      async write(...given) {
        const result = await data.write(...given)
        const sleep = given[1].includes('"claim"') ? afterClaim : undefined
        if (sleep !== undefined) afterClaim = undefined
        await sleep?.()
        return result
      },
    }
    const sleeper = bench.manager({ grant, store, key: 'shared' })
    bench.server.answer(tokenOf('access-a', 'refresh-a'))
    await sleeper.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer(tokenOf('access-b', 'refresh-b'))
    afterClaim = async () => {
      bench.clock.jumpWall(26_000)
      const stored = await data.read('shared')
      const { claim: _claim, ...free } = JSON.parse(stored?.payload ?? '{}') as Record<string, unknown>
      const etag = stored?.etag ?? null
      await data.write('shared', JSON.stringify(free), { ifMatch: etag, writeId: 'taken over' })
      const successor = connect(data, false)
      await bench.manager({ grant, store: successor, key: 'shared' }).getAccessToken()
    }
    expect(await bench.clock.runUntil(sleeper.getAccessToken())).toBe('access-b')
    const redeemed = bench.server.tokenRequests.map(({ parameters }) => parameters.get('refresh_token'))
    expect(redeemed).toEqual([null, 'refresh-a'])
  })

  test('gives a request only what is left of the hold', async () => {
    const bench = createBench()
    const data = memoryStore({ clock: bench.clock })
    const isSlow = { now: false }
    const store: TokenStore = {
      read: key => data.read(key),
      async write(...given) {
        const result = await data.write(...given)
        if (isSlow.now && given[1].includes('"claim"')) bench.clock.jumpWall(20_000)
        return result
      },
    }
    const tokens = bench.manager({ grant, store, timeoutMs: 25_000 })
    bench.server.answer(tokenOf('access-a', 'refresh-a'), { delayMs: 60_000 })
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    isSlow.now = true
    const call = tokens.getAccessToken()
    const ended = timeOf(
      bench,
      call.catch(() => undefined),
    )
    expect(await ended).toBeLessThanOrEqual(5001)
  })
})
