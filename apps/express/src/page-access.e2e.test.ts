import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { pageForEachTest } from './for-each-test.test-support.ts'
import { executablePath, isFocused, shows, titles } from './page.test-support.ts'
import type { GatewayPage } from './page.test-support.ts'

declare global {
  // What `axe.source` defines in the page.
  var axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
}

const zooms: readonly [string, { width: number; height: number }, string][] = [
  // 1280 × 1024 at 200 %: half as many CSS pixels.
  ['at a zoom of 200 %', { width: 640, height: 512 }, ''],
  ['at a zoom of 400 %', { width: 320, height: 256 }, ''],
  ['with text of 200 %', { width: 1280, height: 1024 }, 'html { font-size: 200% }'],
  [
    'with the text spacing of WCAG 1.4.12',
    { width: 640, height: 1024 },
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }' +
      ' p { margin-bottom: 2em !important }',
  ],
]

// A program as text: these tests are compiled without the browser's types. It looks into open shadow roots, too, and
// leaves out what is meant to scroll, what only screen readers get, and drawings.
const findClipped = `(() => {
  const all = root => [...root.querySelectorAll('*')].flatMap(each => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])])
  return all(document.body)
    .filter(each => each instanceof HTMLElement && each.checkVisibility() && each.closest('thead, .scroller') === null)
    .filter(each => getComputedStyle(each).display !== 'inline' && each.clientWidth > 0)
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => each.outerHTML.slice(0, 120))
})()`

describe.skipIf(executablePath === undefined)('the page for everybody', () => {
  let shown: GatewayPage
  let page: Page

  // A style that a test adds is one that a reader's browser adds: the page's CSP has no say in those.
  const options = { context: { bypassCSP: true } }
  pageForEachTest(started => {
    shown = started
    page = shown.page
  }, options)

  async function openFaults(): Promise<void> {
    for (const title of titles) await shown.card(title).getByText('Break it and watch').click()
  }

  test.each(['light', 'dark'] as const)(
    'has nothing that axe-core finds in the %s theme',
    async colorScheme => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await shown.open()
      await openFaults()
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => globalThis.axe.run())
      expect(violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])).toEqual([])
    },
  )

  test('signs a customer in and out by keyboard, and never scrolls sideways at 320 pixels', async () => {
    await page.setViewportSize({ width: 320, height: 640 })
    await shown.open()
    expect(await shown.isTooWide()).toBe(false)
    const { username, password } = shown.gateway.emulator.travis.credentials.customers[0]

    await shown.tabTo(page.getByLabel('User name'))
    await page.keyboard.type(username)
    await shown.tabTo(page.getByLabel('Password', { exact: true }))
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    const signedIn = shown.card(`TRAVIS as ${username}`)
    await shows(signedIn, '5 of 90 vehicles')
    expect(await shown.rowsOf(`TRAVIS as ${username}`)).toBe(5)
    expect(await isFocused(signedIn.getByRole('heading'))).toBe(true)
    expect(await shown.isTooWide()).toBe(false)

    await shown.tabTo(signedIn.getByRole('button', { name: 'Sign out' }))
    await page.keyboard.press('Enter')
    await shows(shown.card('TRAVIS customer'), 'You are signed out.')
    await page.getByLabel('User name').waitFor()
    expect(await shown.stateOf('TRAVIS customer')).toBe('Nobody signed in')
    expect(await isFocused(shown.card('TRAVIS customer').getByRole('heading'))).toBe(true)
    expect(shown.allComplaints).toEqual([])
  })

  test('a provider is broken by keyboard, and the button keeps the focus', async () => {
    await shown.open()
    await shown.skip(10_000)
    const card = shown.card('TrafficStars')
    const button = card.getByRole('button', { name: 'Expire now' })
    await shown.tabTo(card.locator('.faults summary'))
    await page.keyboard.press('Enter')
    await shown.tabTo(button)
    await page.keyboard.press('Enter')
    await shows(
      card.getByRole('status'),
      'The API takes the access token for expired and no longer accepts it.',
    )
    await expect.poll(() => shown.requestsOf('TrafficStars')).toBe('2')
    // Past a poll, which draws the card anew.
    await page.waitForResponse('**/api/status')
    await expect.poll(() => shown.stateOf('TrafficStars')).toBe('Fresh')
    expect(await isFocused(button)).toBe(true)
    expect(shown.allComplaints).toEqual([])
  })

  test.each(zooms)('%s nothing is clipped or scrolls sideways, and a customer signs in', async (...given) => {
    const [, viewport, style] = given
    await page.setViewportSize(viewport)
    await shown.open()
    if (style !== '') await page.addStyleTag({ content: style })
    await openFaults()
    await shown.breakIt('Truphone Connect', 'Server error for 30 s')
    await shows(shown.card('Truphone Connect').locator('.records .failure'), /./)
    await page
      .getByRole('button', { name: /^Fill in / })
      .first()
      .click()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await shows(page.getByRole('article', { name: /^TRAVIS as / }), '5 of 90 vehicles')
    expect(await page.evaluate(findClipped)).toEqual([])
    expect(await shown.isTooWide()).toBe(false)
  })
})
