import { findProgram } from '@evergrant/testing/machine'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestGateway } from './gateway.test-support.ts'
import type { TestGateway } from './gateway.test-support.ts'

declare global {
  // What `axe.source` defines in the page.
  var axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
}

const executablePath = findProgram('chromium')
const args = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
]
const titles = ['TRAVIS', 'TrafficStars', 'ER/Studio Team Server', 'Trackunit IRIS', 'Truphone Connect']

describe.skipIf(executablePath === undefined)('the page', () => {
  let browser: Browser
  let gateway: TestGateway
  let page: Page
  /** What the browser complained about. */
  let complaints: string[]

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? '', args })
  })

  afterAll(() => browser.close())

  beforeEach(async () => {
    gateway = await startTestGateway()
    page = await browser.newPage()
    page.setDefaultTimeout(5000)
    complaints = []
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
  })

  afterEach(async () => {
    await page.close()
    await gateway.close()
  })

  const card = (title: string): Locator => page.getByRole('article', { name: title, exact: true })
  const shows = (within: Locator, text: string): Promise<void> => within.getByText(text).first().waitFor()
  const rowsOf = (within: Locator): Promise<number> => within.locator('tbody tr').count()
  const stateOf = (title: string): Promise<string | null> =>
    card(title).locator('.state-line .state').textContent()

  const countsOf = (title: string): Promise<string | null> => card(title).locator('dd').nth(1).textContent()
  const requestsOf = (title: string): Promise<string | null> => card(title).locator('dd').last().textContent()
  const newsOf = (title: string): Promise<string | null> =>
    card(title).locator('token-timeline .sentence').textContent()

  test.each(['light', 'dark'] as const)(
    'has nothing that axe-core finds in the %s theme',
    async colorScheme => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.goto(gateway.url)
      await shows(card('Truphone Connect'), 'Fresh')
      for (const title of titles) await card(title).getByText('Break it and watch').click()
      // Evaluated, not added as a script: the page's CSP refuses foreign scripts, as it should.
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => globalThis.axe.run())
      expect(violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])).toEqual([])
    },
  )

  async function breakIt(title: string, how: string): Promise<void> {
    await card(title).getByText('Break it and watch').click()
    await card(title).getByRole('button', { name: how }).click()
  }

  async function openPage(): Promise<void> {
    await page.goto(gateway.url)
    for (const title of titles) await card(title).locator('tbody tr').first().waitFor()
  }

  async function tabTo(target: Locator): Promise<void> {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await isFocused(target)) return
      await page.keyboard.press('Tab')
    }
    throw new Error('Tab never gets there.')
  }

  test('shows five providers with records, fresh, and without a complaint', async () => {
    await openPage()
    for (const title of titles) {
      expect(await rowsOf(card(title))).toBe(5)
      await expect.poll(() => stateOf(title)).toBe('Fresh')
    }
    expect(await page.getByRole('status').first().textContent()).toMatch(/^5 of 5 access tokens/)
    expect(complaints).toEqual([])
  })

  test('signs a customer in and out by keyboard, and never scrolls sideways at 320 pixels', async () => {
    await page.setViewportSize({ width: 320, height: 640 })
    await openPage()
    expect(await isTooWide(page)).toBe(false)
    const { username, password } = gateway.emulator.travis.credentials.customers[0]

    await tabTo(page.getByLabel('User name'))
    await page.keyboard.type(username)
    await tabTo(page.getByLabel('Password', { exact: true }))
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    const signedIn = card(`TRAVIS as ${username}`)
    await shows(signedIn, '5 of 90 vehicles')
    expect(await rowsOf(signedIn)).toBe(5)
    expect(await isFocused(signedIn.getByRole('heading'))).toBe(true)
    expect(await isTooWide(page)).toBe(false)

    await tabTo(signedIn.getByRole('button', { name: 'Sign out' }))
    await page.keyboard.press('Enter')
    await shows(card('TRAVIS customer'), 'You are signed out.')
    await page.getByLabel('User name').waitFor()
    expect(await stateOf('TRAVIS customer')).toBe('Nobody signed in')
    expect(await isFocused(card('TRAVIS customer').getByRole('heading'))).toBe(true)
    expect(complaints).toEqual([])
  })

  test('an access token that was revoked in between is replaced by the next question', async () => {
    await openPage()
    gateway.skip(10_000)
    gateway.emulator.truphone.revokeAccessTokens()
    const again = page.getByRole('button', { name: 'Ask again: Truphone Connect' })
    await again.focus()
    await page.keyboard.press('Enter')
    const requests = card('Truphone Connect').locator('dd').last()
    await expect.poll(() => requests.textContent()).toBe('2')
    expect(await stateOf('Truphone Connect')).toBe('Fresh')
    expect(await rowsOf(card('Truphone Connect'))).toBe(5)
    expect(await isFocused(again)).toBe(true)
    expect(complaints).toEqual([])
  })

  test('draws what happens, and counts refreshes and re-grants', async () => {
    await openPage()
    for (const title of titles) {
      const drawing = card(title).locator('token-timeline svg[role=img]')
      await drawing.waitFor()
      await expect.poll(() => newsOf(title)).toMatch(/^(?:Obtained|Refreshed)/)
    }
    await expect.poll(() => page.locator('#news').textContent()).toMatch(/^[^:]+: .+\.$/)
    await expect.poll(() => countsOf('Truphone Connect')).toBe('0, 1')
    expect(complaints).toEqual([])
  })

  test('an access token that is made to expire is replaced, and the page says so', async () => {
    await openPage()
    gateway.skip(10_000)
    await breakIt('TrafficStars', 'Expire now')
    await shows(card('TrafficStars'), 'The API no longer accepts the access token.')
    await expect.poll(() => page.locator('#news').textContent()).toMatch(/^TrafficStars: .*refused/)
    await expect.poll(() => requestsOf('TrafficStars')).toBe('2')
    expect(await stateOf('TrafficStars')).toBe('Fresh')
    expect(await rowsOf(card('TrafficStars'))).toBe(5)
    expect(complaints).toEqual([])
  })

  test('a refresh token that is revoked makes the grant be repeated', async () => {
    await openPage()
    gateway.skip(10_000)
    await breakIt('ER/Studio Team Server', 'Revoke the refresh token')
    await expect.poll(() => countsOf('ER/Studio Team Server')).toBe('0, 2')
    const timeline = card('ER/Studio Team Server').locator('token-timeline')
    await timeline
      .getByText('The server no longer accepts the refresh token.')
      .first()
      .waitFor({ state: 'attached' })
    await expect.poll(() => stateOf('ER/Studio Team Server')).toBe('Fresh')
    expect(await rowsOf(card('ER/Studio Team Server'))).toBe(5)
  })

  test('a server error is shown in the timeline, and over by itself', async () => {
    await openPage()
    gateway.skip(10_000)
    await breakIt('Truphone Connect', 'Server error for 30 s')
    await expect.poll(() => stateOf('Truphone Connect')).toMatch(/No access token|renewal fails/)
    const timeline = card('Truphone Connect').locator('token-timeline')
    await timeline
      .getByText(/The refresh failed|Repeating the grant failed/)
      .first()
      .waitFor({ state: 'attached' })
    gateway.skip(60_000)
    await expect.poll(() => stateOf('Truphone Connect'), { timeout: 15_000 }).toBe('Fresh')
    await expect.poll(() => rowsOf(card('Truphone Connect'))).toBe(5)
  })

  test('an API that refuses every token is asked again once it is well', async () => {
    await openPage()
    gateway.skip(10_000)
    await breakIt('TRAVIS', 'Refuse the token')
    await expect.poll(() => rowsOf(card('TRAVIS'))).toBe(0)
    gateway.skip(60_000)
    await expect.poll(() => rowsOf(card('TRAVIS')), { timeout: 15_000 }).toBe(5)
    await expect.poll(() => stateOf('TRAVIS')).toBe('Fresh')
  })

  test('a slow server makes the callers wait, and no more', async () => {
    await openPage()
    gateway.skip(10_000)
    await breakIt('Trackunit IRIS', 'Slow server')
    await expect.poll(() => newsOf('Trackunit IRIS')).toMatch(/^Repeats the grant/)
    await expect.poll(() => stateOf('Trackunit IRIS'), { timeout: 15_000 }).toBe('Fresh')
    expect(await rowsOf(card('Trackunit IRIS'))).toBe(5)
    expect(complaints).toEqual([])
  })

  test('a card that failed asks again by itself, ever more rarely; a refused one does not', async () => {
    gateway.emulator.trafficStars.revokeApiKeys()
    await page.clock.install()
    let asked = 0
    await page.route('**/api/truphone/sims*', route => {
      asked += 1
      return route.fulfill({ status: 503, json: { error: { message: 'Truphone Connect is asleep.' } } })
    })
    await page.goto(gateway.url)
    await shows(card('Truphone Connect'), 'Truphone Connect is asleep.')
    await expect.poll(() => stateOf('TrafficStars')).toBe('Refused')

    for (let polls = 0; polls < 10; polls += 1) {
      const polled = page.waitForResponse('**/api/status')
      await page.clock.fastForward(4000)
      await polled
    }
    expect(asked).toBeGreaterThan(1)
    expect(asked).toBeLessThan(6)
    await page.unroute('**/api/truphone/sims*')
    await page.clock.fastForward(60_000)
    await expect.poll(() => rowsOf(card('Truphone Connect'))).toBe(5)
    expect(gateway.emulator.journal.count({ provider: 'trafficstars' })).toBe(1)
    expect(complaints.filter(text => !text.startsWith('Failed to load resource'))).toEqual([])
  })
})

async function isFocused(target: Locator): Promise<boolean> {
  return (await target.and(target.page().locator(':focus')).count()) === 1
}

// A program as text: these tests are compiled without the browser's types.
function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
}
