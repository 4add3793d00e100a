import { expect, test } from 'vitest'
import type { Bench } from './bench.ts'
import type { CoreUnderTest, TokensUnderTest } from './core-under-test.ts'
import { isCausedBy } from './is-caused-by.ts'

/** Without a token nothing is sent, and the caller learns why. */
export function testOutages<Source extends TokensUnderTest>(
  createBench: () => Promise<Bench<Source>>,
  core: CoreUnderTest<Source>,
): void {
  test('F46 tells of an outage of the authorization server with its own error, and sends nothing', async () => {
    const { api, tokenServer, send } = await createBench()
    tokenServer.isDown = true
    const error = await send('things').catch((thrown: unknown) => thrown)
    expect(isCausedBy(error, core.isNetworkError)).toBe(true)
    expect(api.received).toEqual([])
  })

  test('F46 goes on as soon as the authorization server is back', async () => {
    const { tokenServer, send } = await createBench()
    tokenServer.isDown = true
    await send('things').catch(() => undefined)
    tokenServer.isDown = false
    await tokenServer.clock.advance(120_000)
    expect((await send('things')).status).toBe(200)
  })

  test('sends nothing after a sign-out, and says that somebody must sign in', async () => {
    const { api, source, send } = await createBench()
    await send('things')
    await source.signOut()
    const error = await send('things').catch((thrown: unknown) => thrown)
    expect(isCausedBy(error, core.isReauthorizationRequiredError)).toBe(true)
    expect(api.received).toHaveLength(1)
  })
}
