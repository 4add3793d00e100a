import { describe, expect, test } from 'vitest'
import { pageForEachTest } from './for-each-test.test-support.ts'
import { executablePath } from './page.test-support.ts'
import type { GatewayPage } from './page.test-support.ts'

const truphone = 'Truphone Connect'
// Not the drawing: a tab that is not in front draws nothing.
const told = /^Truphone Connect: (?:Obtained|Refreshed) .* because the API refused the access token/

describe.skipIf(executablePath === undefined)('the page in several tabs', () => {
  let shown: GatewayPage
  /** The tabs that got a stream of events, in that order. */
  let listeners: GatewayPage[]

  pageForEachTest(started => {
    listeners = []
    shown = watched(started)
  })

  function watched(tab: GatewayPage): GatewayPage {
    // With the head of the answer: from then on nothing that happens is missed.
    tab.page.on('response', response => {
      if (response.url().endsWith('/api/events')) listeners.push(tab)
    })
    return tab
  }

  async function openTabs(count: number): Promise<GatewayPage[]> {
    const tabs = [shown]
    await shown.open()
    while (tabs.length < count) {
      const tab = watched(await shown.anotherTab())
      await tab.open()
      tabs.push(tab)
    }
    return tabs
  }

  async function expireIn(tab: GatewayPage, tabs: readonly GatewayPage[]): Promise<void> {
    const before = shown.gateway.emulator.journal.count({ provider: 'truphone', kind: 'token' })
    await shown.skip(10_000)
    await tab.breakIt(truphone, 'Expire now')
    for (const each of tabs) {
      await expect.poll(() => each.news()).toMatch(told)
      await expect.poll(() => each.requestsOf(truphone)).toBe(String(before + 1))
    }
  }

  // The browser opens six connections to a host: a stream for each tab would leave the seventh none.
  test('seven tabs load, and each sees what happens in one of them', async () => {
    const tabs = await openTabs(7)
    await expireIn(tabs[6] ?? shown, tabs)
    expect(listeners).toEqual([shown])
    for (const tab of tabs) expect(tab.allComplaints).toEqual([])
  })

  test('when the tab that listens is closed, another one does', async () => {
    const [first = shown, second = shown, third = shown] = await openTabs(3)
    await first.page.close()
    await expect.poll(() => listeners).toEqual([first, second])
    await expireIn(third, [second, third])
    expect(listeners).toEqual([first, second])
  })

  test('a hidden tab lets another one listen, and sees what happens once it is back', async () => {
    const [first = shown, second = shown] = await openTabs(2)
    await setHidden(first, true)
    await expect.poll(() => listeners).toEqual([first, second])
    await expireIn(second, [second])
    await setHidden(first, false)
    await expect.poll(() => first.requestsOf(truphone)).toBe('2')
    expect(listeners).toEqual([first, second])
    await second.page.close()
    await expect.poll(() => listeners).toEqual([first, second, first])
  })

  test('a tab that is opened later shows the credentials at once', async () => {
    await openTabs(1)
    const late = watched(await shown.anotherTab())
    await late.open()
    await late.waitForNews(truphone, /^An access token is held/)
    expect(listeners).toEqual([shown])
  })

  test('a customer who signs in in one tab is seen in both with what happens, until the sign-out', async () => {
    const [first = shown, second = shown] = await openTabs(2)
    const { username } = shown.gateway.emulator.travis.credentials.customers[0]
    await second.page
      .getByRole('button', { name: /^Fill in / })
      .first()
      .click()
    await second.page.getByRole('button', { name: 'Sign in' }).click()
    const title = `TRAVIS as ${username}`
    for (const tab of [second, first]) {
      await tab.page.bringToFront()
      await tab.waitForNews(title, /^An access token is held/)
    }
    await shown.skip(290_000)
    await first.card(title).getByRole('button', { name: 'Ask again' }).click()
    await first.waitForNews(title, /^Refreshed/)
    await first.card(title).getByRole('button', { name: 'Sign out' }).click()
    for (const tab of [first, second]) {
      const card = tab.card('TRAVIS customer')
      await card.getByLabel('User name').waitFor({ timeout: 6000 })
      expect(await card.locator('token-timeline').count()).toBe(0)
    }
    for (const tab of [first, second]) expect(tab.allComplaints).toEqual([])
  })

  test('what a press led to is not told any more once another tab has signed somebody in', async () => {
    const [first = shown, second = shown] = await openTabs(2)
    const { username } = shown.gateway.emulator.travis.credentials.customers[0]
    const signIn = async ({ page }: GatewayPage): Promise<void> => {
      const fill = page.getByRole('button', { name: /^Fill in / })
      await fill.first().click()
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await signIn(first)
    await first.page.getByRole('button', { name: 'Sign out' }).click()
    const signedOut = first.page.getByText('You are signed out.')
    await signedOut.waitFor()
    await second.page.bringToFront()
    await signIn(second)
    await first.card(`TRAVIS as ${username}`).waitFor()
    expect(await signedOut.count()).toBe(0)
  })

  test('a browser that cannot share goes without a stream, and polls', async () => {
    await shown.page.addInitScript('delete globalThis.BroadcastChannel')
    await shown.open()
    await shown.skip(10_000)
    await shown.breakIt(truphone, 'Expire now')
    await expect.poll(() => shown.requestsOf(truphone)).toBe('2')
    expect(await shown.news()).toMatch(/^This browser cannot share events between tabs/)
    expect(listeners).toEqual([])
    expect(shown.allComplaints).toEqual([])
  })
})

// Headless tabs are all visible, whatever is in front.
function setHidden({ page }: GatewayPage, isHidden: boolean): Promise<void> {
  return page.evaluate(
    `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });` +
      `document.dispatchEvent(new Event('visibilitychange'))`,
  )
}
