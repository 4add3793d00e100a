import { shareDemo } from '@evergrant/page-kit/suites'
import { program } from '@evergrant/page-kit/test-support'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refreshesAt, Shown, startTestDemo } from './page.test-support.ts'

describe.skipIf(program === undefined)('the page', () => {
  const shared = shareDemo(() => startTestDemo())
  let shown: Shown

  beforeEach(async () => {
    shared.demo.emulator.travis.faults.clear()
    shared.demo.emulator.travis.setLifetimes({ accessTokenMs: 30_000 })
    shared.demo.emulator.journal.clear()
    shown = await Shown.open(shared.browser, shared.demo)
  })

  afterEach(() => shown.close())

  test(
    'a whole visit: sign in, two expiries, an outage of the server, sign out',
    { timeout: 90_000 },
    async () => {
      const { travis } = shared.demo.emulator
      // As at the demo itself, only five times as fast.
      travis.setLifetimes({ accessTokenMs: 6000 })
      await shown.signIn()
      const { page } = shown
      expect(await page.getByText('anna.devries@customer.example').count()).toBe(1)
      await shown.region('Asked by the server').getByRole('row').nth(6).waitFor()
      await shown.region('Asked by this page').getByRole('row').nth(6).waitFor()

      await expect.poll(() => refreshesAt(shared.demo), { timeout: 30_000 }).toBeGreaterThanOrEqual(2)
      await page.reload()
      await shown.region('Asked by the server').getByRole('row').nth(6).waitFor()
      expect(await shown.page.locator('.notice').count()).toBe(0)

      travis.faults.add({ kind: 'status', status: 503, on: 'token', times: Infinity })
      travis.faults.add({ kind: 'status', status: 503, on: 'api', times: Infinity })
      await shown.page.locator('.notice').filter({ hasText: 'You stay signed in' }).waitFor()
      await page.reload()
      // Still the same person, and no form.
      await shown.heading('Vehicles').waitFor()
      expect(await page.getByText('anna.devries@customer.example').count()).toBe(1)
      // Long enough for the token to end as well.
      await page.waitForTimeout(7000)
      expect(await shown.heading('Vehicles').count()).toBe(1)

      travis.faults.clear()
      await shown.region('Asked by this page').getByText('TRAVIS answers.').waitFor({ timeout: 30_000 })
      await expect.poll(() => page.locator('.notice').count(), { timeout: 30_000 }).toBeLessThanOrEqual(1)

      await shown.button('Sign out').click()
      await page.getByText('You are signed out.').waitFor()
      expect(shared.demo.emulator.journal.count({ provider: 'travis', kind: 'logout' })).toBe(1)
      await page.goto(shared.demo.url)
      await shown.heading('Sign in').waitFor()
      expect(shown.complaints).toEqual([])
    },
  )

  test('no token reaches the page, its storage or what a script sees of its cookies', async () => {
    const answers: string[] = []
    shown.page.on('response', async response => {
      if (response.url().startsWith(shared.demo.url)) answers.push(await response.text().catch(() => ''))
    })
    await shown.signIn()
    const session = await shown.page.evaluate<string>(
      `fetch('/api/auth/session').then(answer => answer.text())`,
    )
    expect(session).toContain('anna.devries')
    await shown.region('Asked by this page').getByRole('row').nth(6).waitFor()
    expect(answers.length).toBeGreaterThan(3)
    // What every JWT begins with.
    for (const text of [...answers, session]) expect(text).not.toContain('eyJ')
    expect(await shown.page.evaluate('document.cookie + localStorage.length')).not.toContain('session-token')
  })

  test('two people in two browsers see their own vehicles', async () => {
    const other = await Shown.open(shared.browser, shared.demo)
    await shown.signIn(0)
    await other.signIn(1)
    const rows = async ({ page }: Shown): Promise<string> =>
      (await page.getByRole('region', { name: 'Asked by the server' }).textContent()) ?? ''
    expect(await rows(shown)).not.toBe(await rows(other))
    await shown.button('Sign out').click()
    await shown.page.getByText('You are signed out.').waitFor()
    await other.page.reload()
    await other.heading('Vehicles').waitFor()
    await other.close()
  })

  test('a session that TRAVIS ends leads to the sign-in with a sentence, and a new one works', async () => {
    shared.demo.emulator.travis.setLifetimes({ accessTokenMs: 4000 })
    await shown.signIn()
    shared.demo.emulator.travis.killSessions()
    await shown.page.waitForTimeout(4500)
    await shown.page.reload()
    await shown.page.getByText('Your session at TRAVIS has ended').waitFor()
    await shown.signIn()
    await shown.region('Asked by the server').getByRole('row').nth(6).waitFor()
  })

  test('whoever cancels at TRAVIS is told so', async () => {
    await shown.goToLogIn()
    await shown.button('Cancel').click()
    await shown.page.getByText('The sign-in did not succeed.').waitFor()
  })

  test('signing in and out works without JavaScript', async () => {
    const plain = await Shown.open(shared.browser, shared.demo, { javaScriptEnabled: false })
    await plain.signIn()
    await plain.region('Asked by the server').getByRole('row').nth(6).waitFor()
    await plain.button('Sign out').click()
    await plain.page.getByText('You are signed out.').waitFor()
    await plain.close()
  })
})
