import { describe } from 'vitest'
import { testContention } from './contention-cases.ts'
import { testKeeping } from './keeping-cases.ts'
import { testNames } from './name-cases.ts'
import { createStoreBenches } from './store-bench.ts'
import type { TokenStorePlace } from './store-under-test.ts'
import { testWatches } from './watch-cases.ts'
import { testWrites } from './write-cases.ts'

/**
 * Proves that a store keeps the contract of `TokenStore`: compare-and-set, resent writes, ages, times to keep, odd keys,
 * many writers, watches. `makePlace` is called for every test and returns an empty place. A store with a real server
 * behind it belongs into an end-to-end test.
 * @example
 * describeTokenStore('my store', async () => {
 *   const server = await startMyServer()
 *   return {
 *     store: myStore(server.connect()),
 *     another: () => myStore(server.connect()),
 *     close: () => server.stop(),
 *   }
 * })
 */
export function describeTokenStore(
  name: string,
  makePlace: () => TokenStorePlace | Promise<TokenStorePlace>,
): void {
  describe(name, () => {
    const createBench = createStoreBenches(makePlace)
    testWrites(createBench)
    testContention(createBench)
    testKeeping(createBench)
    testNames(createBench)
    testWatches(createBench)
  })
}
