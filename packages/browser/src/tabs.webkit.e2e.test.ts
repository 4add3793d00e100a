import { findProgram } from '@evergrant/testing/machine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Site } from './site.test-support.ts'
import { WebKit } from './webkit.test-support.ts'

const isWanted = process.env['EVERGRANT_BROWSER'] === 'webkit'
const driver = isWanted ? findProgram('WebKitWebDriver') : undefined
const display = isWanted ? findProgram('Xvfb') : undefined

// For the nightly run alone: playwright cannot drive the WebKit of a distribution.
describe.skipIf(driver === undefined || display === undefined)('windows of WebKit', () => {
  let site: Site
  let webkit: WebKit
  const windows: string[] = []

  beforeAll(async () => {
    site = await Site.start()
    webkit = await WebKit.start({ driver: driver ?? '', display: display ?? '' })
    for (let count = 0; count < 4; count++) {
      const handle = await webkit.open(site.url)
      await webkit.run(handle, 'while (!window.tokens) await new Promise(next => setTimeout(next, 20))')
      windows.push(handle)
    }
  }, 60_000)

  afterAll(async () => {
    await webkit?.close()
    site?.close()
  })

  test('know locks and channels', async () => {
    const known = await webkit.run(windows[0]!, 'return [typeof navigator.locks, typeof BroadcastChannel]')
    expect(known).toEqual(['object', 'function'])
  })

  test('4 windows with 5 callers and 5 expiries ask 5 times for a token', async () => {
    await webkit.run(windows[0]!, 'await window.tokens.signIn(given[0])', site.customer())
    for (let expiry = 1; expiry <= 5; expiry++) {
      // All begin before the first is waited for.
      for (const handle of windows) {
        const ask = 'window.answers = Promise.all([1, 2, 3, 4, 5].map(() => window.tokens.getAccessToken()))'
        await webkit.run(handle, `${ask}; window.answers.catch(() => undefined)`)
      }
      const answers: unknown[] = []
      for (const handle of windows) answers.push(await webkit.run(handle, 'return window.answers'))
      expect(answers.flat()).toHaveLength(20)
      expect(new Set(answers.flat()).size).toBe(1)
      expect(answers.flat()[0]).toMatch(/^ey/)
      expect(site.tokenRequests).toBe(expiry)
      site.aheadMs += 300_000
      for (const handle of windows) await webkit.run(handle, 'window.skip(300_000)')
    }
  }, 60_000)

  test('learn of another user, and drop the token of the first', async () => {
    const [one, two] = windows as [string, string]
    const token = await webkit.run(one, 'return window.tokens.getAccessToken()')
    await webkit.run(two, 'await window.tokens.signIn(given[0])', site.customer(1))
    const userOf = (handle: string): Promise<unknown> =>
      webkit.run(handle, 'return window.tokens.getSnapshot().username')
    await expect.poll(() => userOf(one), { timeout: 5000 }).toBe(site.customer(1).username)
    expect(await webkit.run(one, 'return window.tokens.getAccessToken()')).not.toBe(token)
  }, 30_000)
})
