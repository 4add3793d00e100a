import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { executablePath, GatewayPage, isFocused, launchBrowser, shows, titles } from './page.test-support.ts'

describe.skipIf(executablePath === undefined)('the page', () => {
  let browser: Browser
  let shown: GatewayPage
  let page: Page

  beforeAll(async () => {
    browser = await launchBrowser()
  })

  afterAll(() => browser.close())

  beforeEach(async () => {
    shown = await GatewayPage.start(browser)
    page = shown.page
  })

  afterEach(() => shown.close())

  test('shows five providers with records, fresh, and without a complaint', async () => {
    await shown.open()
    for (const title of titles) {
      expect(await shown.rowsOf(title)).toBe(5)
      await expect.poll(() => shown.stateOf(title)).toBe('Fresh')
    }
    expect(await page.getByRole('status').first().textContent()).toMatch(/^5 of 5 access tokens/)
    expect(shown.allComplaints).toEqual([])
  })

  test('an access token that was revoked in between is replaced by the next question', async () => {
    await shown.open()
    await shown.skip(10_000)
    shown.gateway.emulator.truphone.revokeAccessTokens()
    const again = page.getByRole('button', { name: 'Ask again: Truphone Connect' })
    await again.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => shown.requestsOf('Truphone Connect')).toBe('2')
    expect(await shown.stateOf('Truphone Connect')).toBe('Fresh')
    expect(await shown.rowsOf('Truphone Connect')).toBe(5)
    expect(await isFocused(again)).toBe(true)
    expect(shown.allComplaints).toEqual([])
  })

  test('draws what happens, and counts refreshes and re-grants', async () => {
    await shown.open()
    for (const title of titles) {
      await shown.card(title).locator('token-timeline svg[role=img]').waitFor()
      // The page may have begun to listen only after the first token was there.
      await expect
        .poll(() => shown.newsOf(title), { timeout: 5000 })
        .toMatch(/^(?:Obtained|Refreshed|An access token is held)/)
    }
    await expect.poll(() => page.locator('#news').textContent()).toMatch(/^[^:]+: .+\.$/)
    await expect.poll(() => shown.countsOf('Truphone Connect')).toBe('0, 1')
    expect(shown.allComplaints).toEqual([])
  })

  test('a card that failed asks again by itself, ever more rarely; a refused one does not', async () => {
    shown.gateway.emulator.trafficStars.revokeApiKeys()
    await page.clock.install()
    let asked = 0
    await page.route('**/api/truphone/sims*', route => {
      asked += 1
      return route.fulfill({ status: 503, json: { error: { message: 'Truphone Connect is asleep.' } } })
    })
    await page.goto(shown.gateway.url)
    await shows(shown.card('Truphone Connect'), 'Truphone Connect is asleep.')
    await expect.poll(() => shown.stateOf('TrafficStars')).toBe('Refused')

    for (let polls = 0; polls < 10; polls += 1) {
      const polled = page.waitForResponse('**/api/status')
      await page.clock.fastForward(4000)
      await polled
    }
    expect(asked).toBeGreaterThan(1)
    expect(asked).toBeLessThan(6)
    await page.unroute('**/api/truphone/sims*')
    await page.clock.fastForward(60_000)
    await expect.poll(() => shown.rowsOf('Truphone Connect')).toBe(5)
    expect(shown.gateway.emulator.journal.count({ provider: 'trafficstars' })).toBe(1)
    expect(shown.complaints).toEqual([])
  })
})
