import { shareDemo } from '@evergrant/page-kit/suites'
import { program } from '@evergrant/page-kit/test-support'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DemoTab, TestDemo } from './page.test-support.ts'
import { tokensNames } from './settings.ts'

const minute = 60_000

describe.skipIf(program === undefined)('the page', () => {
  const shared = shareDemo(() => TestDemo.start())
  let tab: DemoTab

  beforeEach(async () => {
    tab = await DemoTab.open(shared.browser, shared.demo, { movesClock: true })
  })

  afterEach(() => tab.close())

  test('signs in at both providers, and fetch and axios bring the same records', async () => {
    for (const name of tokensNames) {
      await tab.signIn(name)
      const titles = await tab.titles(name)
      expect(titles).toHaveLength(8)
      expect(titles.slice(0, 4)).toEqual(titles.slice(4))
      await tab.panel(name).locator('token-timeline svg[role=img]').waitFor()
    }
    await tab.records('teamServer', 'axios').getByText('4 of 220 data sources').waitFor()
    await tab.records('travis', 'axios').getByText('4 of 90 vehicles').waitFor()
    expect(tab.complaints).toEqual([])
  })

  test('shows a script no token in proxy mode, and a redacted one in mediated mode', async () => {
    const requests: string[] = []
    tab.page.on('request', request => requests.push(new URL(request.url()).origin))
    await tab.signIn('teamServer')
    expect(await tab.scriptView('teamServer').textContent()).toContain('no token.')
    expect(new Set(requests)).toEqual(new Set([shared.demo.url]))
    await tab.signIn('travis')
    await expect
      .poll(() => tab.scriptView('travis').textContent())
      .toMatch(/ey..….{4}, \d+ characters, until/)
    expect(requests).toContain(shared.demo.apiOrigin)
  })

  test('a wrong password is told, and the form stays', async () => {
    await tab.fillIn('travis', { ...shared.demo.account('travis'), password: 'wrong' })
    await tab.button('travis', 'Sign in').click()
    await tab
      .panel('travis')
      .getByRole('alert')
      .getByText('The user name or the password is wrong.')
      .waitFor()
    await tab.signIn('travis', 1)
    expect(tab.complaints).toEqual([])
  })

  test('a token that ended is replaced once, for both ways together', async () => {
    await tab.signIn('travis')
    shared.demo.emulator.journal.clear()
    await tab.skip(5 * minute + 1000)
    await tab.button('travis', 'Ask again').click()
    await tab.panel('travis').getByText('Asked again').waitFor()
    expect(await tab.panel('travis').locator('.failure').count()).toBe(0)
    expect(shared.demo.refreshes).toBe(1)
  })

  test.each(tokensNames)('a token of %s that the API refuses is replaced once', async name => {
    await tab.signIn(name)
    // A token that is seconds old is not replaced over a refusal.
    await tab.skip(10_000)
    shared.demo.emulator.journal.clear()
    await tab.button(name, 'Let the token expire').click()
    await tab.panel(name).getByText('The API refuses').waitFor()
    await tab.button(name, 'Ask again').click()
    await tab.panel(name).getByText('Asked again').waitFor()
    expect(await tab.panel(name).locator('.failure').count()).toBe(0)
    expect(shared.demo.refreshes).toBe(1)
    await tab
      .panel(name)
      .locator('token-timeline')
      .getByText(/^Refreshed with the refresh token/)
      .first()
      .waitFor()
  })

  test('a minute offline signs nobody out, and the records come back by themselves', async () => {
    for (const name of tokensNames) await tab.signIn(name)
    await tab.page.context().setOffline(true)
    await tab.skip(minute)
    for (const name of tokensNames) {
      await tab.button(name, 'Ask again').click()
      const failures = tab.panel(name).getByText('No answer came')
      await expect.poll(() => failures.count()).toBe(2)
      expect(await tab.titles(name)).toHaveLength(8)
      expect(await tab.status(name).textContent()).toContain(shared.demo.account(name).username)
    }
    await tab.page.context().setOffline(false)
    for (const name of tokensNames) {
      await expect.poll(() => tab.panel(name).locator('.failure').count()).toBe(0)
    }
  })

  test('no token and no session is in any storage that a script can read', async () => {
    for (const name of tokensNames) await tab.signIn(name)
    const stored = await tab.page.evaluate<unknown[]>(
      `indexedDB.databases().then(found => [localStorage.length, sessionStorage.length, document.cookie, found.length])`,
    )
    expect(stored).toEqual([0, 0, '', 0])
    expect(await tab.page.context().cookies()).toHaveLength(2)
  })

  test('a server that does not tell who is signed in is asked again by itself', async () => {
    const route = '**/api/auth/travis/session'
    await tab.page.route(route, each => each.abort())
    await tab.page.reload()
    await tab.status('travis').getByText('The server cannot be reached').waitFor()
    await tab.status('teamServer').getByText('Nobody is signed in').waitFor()
    await tab.page.unroute(route)
    await tab.skip(minute)
    await tab.status('travis').getByText('Nobody is signed in').waitFor()
  })

  test('a sign-out that fails leaves the user signed in, and says so', async () => {
    await tab.signIn('travis')
    await tab.page.route('**/api/auth/travis/sign-out', each => each.abort())
    await tab.button('travis', 'Sign out').click()
    await tab.panel('travis').getByText('No answer came').waitFor()
    expect(await tab.status('travis').textContent()).toContain(shared.demo.account('travis').username)
  })

  test('a reload shows the same users again, with no new sign-in', async () => {
    for (const name of tokensNames) await tab.signIn(name)
    shared.demo.emulator.journal.clear()
    await tab.page.reload()
    for (const name of tokensNames) await tab.signedIn(name, shared.demo.account(name).username)
    expect(shared.demo.emulator.journal.count({ kind: 'token' })).toBe(0)
    expect(tab.complaints).toEqual([])
  })
})
