import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { executablePath, GatewayPage, launchBrowser, shows } from './page.test-support.ts'

describe.skipIf(executablePath === undefined)('the page of a customer', () => {
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
    await shown.open()
  })

  afterEach(async () => {
    expect(shown.complaints).toEqual([])
    expect(shown.gateway.faults).toEqual([])
    await shown.close()
  })

  const anna = (): { username: string; password: string } =>
    shown.gateway.emulator.travis.credentials.customers[0]
  const outcome = (): Promise<string | null> =>
    page.locator('.card:last-child .outcome').first().textContent()

  /** Signs in by the form, and waits for the answer. */
  async function signIn(password: string): Promise<void> {
    await page.getByLabel('User name').fill(anna().username)
    await page.getByLabel('Password', { exact: true }).fill(password)
    const answered = page.waitForResponse('**/api/auth/sign-in')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await answered
  }

  async function signInWell(): Promise<void> {
    await signIn(anna().password)
    await shows(shown.card(`TRAVIS as ${anna().username}`), '5 of 90 vehicles')
  }

  test('wrong passwords are told in words, and the sixth says how long to wait', async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      await signIn('fake-wrong-password')
      await expect.poll(outcome).toBe('TRAVIS does not accept this user name and password.')
    }
    await signIn('fake-wrong-password')
    await expect.poll(outcome).toBe('Too many wrong tries to sign in. Try again in 15 minutes.')
  })

  test('while TRAVIS is down the page says so, and that signing in works again later', async () => {
    shown.gateway.emulator.travis.faults.add({ kind: 'status', status: 503, on: 'token', times: Infinity })
    await signIn(anna().password)
    await expect.poll(outcome).toMatch(/^TRAVIS is not available at the moment\. Try again /)
    await shows(page.locator('.card:last-child'), /answered 503/)
    shown.gateway.emulator.travis.faults.clear()
    await signInWell()
    expect(await page.locator('.card:last-child .outcome.failure:not(:empty)').count()).toBe(0)
  })

  test('a session that TRAVIS does not renew has ended, and the form is there again', async () => {
    await signInWell()
    shown.gateway.emulator.travis.revokeRefreshTokens()
    await shown.skip(301_000)
    await page
      .getByRole('button', { name: /^Ask again/ })
      .last()
      .click()
    await page.getByLabel('User name').waitFor()
    await expect.poll(outcome).toBe('The session has ended. Please sign in again.')
    await signInWell()
  })

  test('a 401 of the API is told, and the customer stays signed in', async () => {
    await signInWell()
    shown.gateway.emulator.travis.refuseAllAccessTokens(true)
    await page
      .getByRole('button', { name: /^Ask again/ })
      .last()
      .click()
    const card = shown.card(`TRAVIS as ${anna().username}`)
    await shows(card.locator('.records .failure'), /^TRAVIS answered 401: .* You are still signed in\.$/)
    await page.waitForResponse('**/api/status')
    expect(await card.getByRole('button', { name: 'Sign out' }).isVisible()).toBe(true)
  })

  test('neither a script nor a store of the page holds a token or the cookie', async () => {
    await signInWell()
    const seen = await page.evaluate<string>(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    )
    expect(seen).toBe('["",{},{}]')
  })
})
