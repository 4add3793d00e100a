import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { pageForEachTest } from './for-each-test.test-support.ts'
import { executablePath, shows } from './page.test-support.ts'
import type { GatewayPage } from './page.test-support.ts'

describe.skipIf(executablePath === undefined)('the page of a customer', () => {
  let shown: GatewayPage
  let page: Page

  pageForEachTest(started => {
    shown = started
    page = shown.page
  })

  beforeEach(() => shown.open())

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

  test('why a sign-in failed is not told of a sign-out', async () => {
    shown.gateway.emulator.travis.faults.add({ kind: 'status', status: 503, on: 'token', times: 1 })
    await signIn(anna().password)
    const advice = page.locator('.card:last-child .outcome').last()
    await expect.poll(() => advice.textContent(), { timeout: 5000 }).toMatch(/answered 503/)
    await shown.skip(60_000)
    await signInWell()
    await page.route('**/api/auth/sign-out', route => route.abort())
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect.poll(outcome).toMatch(/^The gateway does not answer/)
    await page.waitForResponse('**/api/status')
    expect(await advice.textContent()).toBe('')
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
