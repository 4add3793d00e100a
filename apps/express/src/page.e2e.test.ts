import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { pageForEachTest } from './for-each-test.test-support.ts'
import { executablePath, isFocused, shows, titles } from './page.test-support.ts'
import type { GatewayPage } from './page.test-support.ts'

describe.skipIf(executablePath === undefined)('the page', () => {
  let shown: GatewayPage
  let page: Page

  pageForEachTest(started => {
    shown = started
    page = shown.page
  })

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

  /** Opens the page and waits until each first token is drawn: it may have been there before the page listened. */
  async function openDrawn(): Promise<void> {
    await shown.open()
    for (const title of titles) {
      await shown.waitForNews(title, /^(?:Obtained|An access token is held)/)
      expect(await shown.card(title).locator('token-timeline svg[role=img]').count()).toBe(1)
    }
  }

  test('draws what happens, says since when it listens, and counts refreshes and re-grants', async () => {
    await openDrawn()
    const later = await shown.anotherTab()
    await later.open()
    expect(await later.news()).toMatch(/^Listening since \d\d:\d\d:\d\d; nothing has happened since then\.$/)

    await shown.skip(10_000)
    shown.gateway.emulator.truphone.revokeAccessTokens()
    await later.page.getByRole('button', { name: 'Ask again: Truphone Connect' }).click()
    const news = /^Truphone Connect: (?:Obtained|Refreshed) .*because the API refused the access token/
    for (const tab of [later, shown]) {
      await expect.poll(() => tab.news(), { timeout: 5000 }).toMatch(news)
      await expect.poll(() => tab.countsOf('Truphone Connect'), { timeout: 5000 }).toMatch(/^(?:0, 2|1, 1)$/)
    }
    expect(shown.allComplaints).toEqual([])
  })

  test('an outage that ended before it was noticed is not told', async () => {
    await shown.open()
    let fail: (() => Promise<void>) | undefined
    await page.route('**/api/status', async route => {
      if (fail !== undefined) return route.continue()
      fail = () => route.abort()
    })
    const again = page.getByRole('button', { name: 'Ask again: Truphone Connect' })
    await again.click()
    await expect.poll(() => fail, { timeout: 5000 }).toBeDefined()
    const answered = page.waitForResponse('**/api/status')
    await again.click()
    await answered
    const failed = page.waitForEvent('requestfailed')
    await fail?.()
    await failed
    expect(await page.locator('#outage').isHidden()).toBe(true)
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
