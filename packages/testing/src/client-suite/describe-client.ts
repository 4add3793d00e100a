import { describe } from 'vitest'
import { testAborts } from './abort-cases.ts'
import { createBenches } from './bench.ts'
import { testBodies } from './body-cases.ts'
import type { DescribedClient } from './client-under-test.ts'
import type { CoreUnderTest, TokensUnderTest } from './core-under-test.ts'
import { testOrigins } from './origin-cases.ts'
import { testOutages } from './outage-cases.ts'
import { testRefusals } from './refusal-cases.ts'

/**
 * Proves that a client adapter authorizes, sends and settles: attach, late 401, refused twice, abort, body replay, foreign
 * origin, redirect, outage. It starts servers on loopback, so it belongs into an end-to-end test.
 * @example
 * import * as core from '@evergrant/core'
 * describeClient('source.fetch', core, {
 *   makeClient: ({ source }) => ({
 *     send: async ({ url, ...init }) => {
 *       const response = await source.fetch(url, init as RequestInit)
 *       return { status: response.status, text: await response.text() }
 *     },
 *   }),
 * })
 */
export function describeClient<Source extends TokensUnderTest>(
  name: string,
  core: CoreUnderTest<Source>,
  client: DescribedClient<Source>,
): void {
  describe(name, () => {
    const createBench = createBenches(core, client)
    testRefusals(createBench)
    testAborts(createBench)
    testBodies(createBench, client)
    testOrigins(createBench, core, client)
    testOutages(createBench, core)
  })
}
