import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { program, FleetPage, isFocused, launchBrowser, TestDashboard } from './page.test-support.ts'

declare global {
  // What `axe.source` defines in the page.
  var axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
}

const zooms: readonly [string, { width: number; height: number }, string][] = [
  ['on a phone of 320 pixels', { width: 320, height: 640 }, ''],
  // 1280 × 1024 at 200 %: half as many CSS pixels.
  ['at a zoom of 200 %', { width: 640, height: 512 }, ''],
  ['at a zoom of 400 %', { width: 320, height: 256 }, ''],
  ['with text of 200 %', { width: 1280, height: 1024 }, 'html { font-size: 200% }'],
  [
    'with the text spacing of WCAG 1.4.12',
    { width: 390, height: 844 },
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }' +
      ' p { margin-bottom: 2em !important }',
  ],
]

// A program as text. It leaves out what is meant to scroll and what only screen readers get.
const findClipped = `[...document.body.querySelectorAll('*')]
  .filter(each => each instanceof HTMLElement && each.checkVisibility() && each.closest('.vehicles, .hidden, thead, input') === null)
  .filter(each => getComputedStyle(each).display !== 'inline' && each.clientWidth > 0)
  .filter(each => each.scrollWidth > each.clientWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))`

describe.skipIf(program === undefined)('the dashboard for everybody', () => {
  let browser: Browser
  let dashboard: TestDashboard
  let shown: FleetPage

  beforeAll(async () => {
    ;[browser, dashboard] = await Promise.all([launchBrowser(), TestDashboard.start()])
  })

  afterAll(async () => {
    await browser.close()
    await dashboard.close()
  })

  afterEach(() => shown.close())

  async function open(options: Parameters<typeof FleetPage.open>[2] = {}): Promise<void> {
    // What a test adds is what a reader's browser adds: the page's policy has no say in it.
    shown = await FleetPage.open(browser, dashboard, { bypassCSP: true, reducedMotion: 'reduce', ...options })
  }

  async function violations(): Promise<unknown[]> {
    await shown.page.evaluate(axe.source)
    const result = await shown.page.evaluate(() => globalThis.axe.run())
    return result.violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])
  }

  test.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', async colorScheme => {
    await open({ colorScheme })
    expect(await violations()).toEqual([])
    await shown.fillIn('a', 'b')
    await shown.button('Sign in').click()
    await shown.notice.waitFor()
    expect(await violations()).toEqual([])
    await shown.signIn()
    await shown.page.locator('token-timeline svg[role=img]').waitFor()
    await shown.vehicles.nth(3).check({ force: true })
    expect(await violations()).toEqual([])
    await shown.marks.filter({ hasText: /\d/ }).first().click()
    await shown.button('Show all').waitFor()
    await shown.page.getByLabel('Find').fill('nothing like this')
    expect(await violations()).toEqual([])
    await shown.goTo('/sims')
    expect(await violations()).toEqual([])
    await shown.goTo('/nowhere')
    expect(await violations()).toEqual([])
  })

  test.each(zooms)('%s nothing is clipped or scrolls sideways', async (_, viewport, style) => {
    await open({ viewport })
    const look = async (): Promise<void> => {
      if (style !== '') await shown.page.addStyleTag({ content: style })
      // The map takes its new width before the next frame.
      await shown.page.waitForTimeout(100)
      expect(await shown.isTooWide()).toBe(false)
      expect(await shown.page.evaluate(findClipped)).toEqual([])
    }
    await look()
    await shown.signIn()
    await shown.vehicles.nth(3).check({ force: true })
    await look()
    await shown.goTo('/sims')
    await look()
  })

  test('everything works by keyboard: in, a vehicle, a mark, the place of a mark, all again, out', async () => {
    await open()
    const { page } = shown
    const { username, password } = dashboard.travis.credentials.customers[1]
    await shown.tabTo(page.getByLabel('User name'))
    await page.keyboard.type(username)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await shown.heading('Vehicles').waitFor()

    await page.keyboard.press('Tab')
    await shown.tabTo(shown.vehicles.first())
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    const second = shown.vehicles.nth(1)
    expect(await second.isChecked()).toBe(true)
    const plate = await page.locator('.vehicles li').nth(1).locator('strong').textContent()
    expect(await page.locator('.plate').textContent()).toBe(plate)
    expect(await page.locator('.map .label').textContent()).toContain(plate)

    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    await shown.tabTo(shown.button('Sign out'))
    await shown.tabTo(page.locator('.mark[tabindex="0"]'))
    const before = await page.locator(':focus').getAttribute('aria-label')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator(':focus').getAttribute('aria-label')).not.toBe(before)
    const crowd = shown.marks.filter({ hasText: /\d/ }).first()
    await crowd.focus()
    await page.keyboard.press('Enter')
    expect(await crowd.getAttribute('aria-pressed')).toBe('true')
    expect(await isFocused(crowd)).toBe(true)
    const near = Number(await crowd.textContent())
    expect(await shown.vehicles.count()).toBe(near)
    await shown.tabTo(shown.button('Show all'))
    await page.keyboard.press('Enter')
    expect(await shown.vehicles.count()).toBe(90)

    await page.keyboard.press('Shift+Tab')
    await shown.tabTo(shown.button('Sign out'))
    await page.keyboard.press('Enter')
    await page.getByText('You are signed out.').waitFor()
    expect(shown.complaints).toEqual([])
  })
})
