import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DemoTab, isFocused, launchBrowser, program, TestDemo } from './page.test-support.ts'
import { tokensNames } from './settings.ts'

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
    { width: 640, height: 1024 },
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }' +
      ' p { margin-bottom: 2em !important }',
  ],
]

// A program as text: these tests are compiled without the page's scripts. It looks into open shadow roots, too.
const findClipped = `(() => {
  const all = root => [...root.querySelectorAll('*')].flatMap(each => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])])
  return all(document.body)
    .filter(each => each instanceof HTMLElement && each.checkVisibility() && !each.matches('input'))
    .filter(each => getComputedStyle(each).display !== 'inline' && each.clientWidth > 0)
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => each.outerHTML.slice(0, 120))
})()`

describe.skipIf(program === undefined)('the page for everybody', () => {
  let browser: Browser
  let demo: TestDemo
  let tab: DemoTab

  beforeAll(async () => {
    ;[browser, demo] = await Promise.all([launchBrowser(), TestDemo.start()])
  })

  afterAll(async () => {
    await browser.close()
    await demo.close()
  })

  afterEach(() => tab.close())

  async function open(options: Parameters<typeof DemoTab.open>[2] = {}): Promise<void> {
    // What a test adds is what a reader's browser adds: the page's policy has no say in it.
    tab = await DemoTab.open(browser, demo, { bypassCSP: true, reducedMotion: 'reduce', ...options })
  }

  async function violations(): Promise<unknown[]> {
    await tab.page.evaluate(axe.source)
    const result = await tab.page.evaluate(() => globalThis.axe.run())
    return result.violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])
  }

  async function signInEverywhere(): Promise<void> {
    for (const name of tokensNames) {
      await tab.signIn(name)
      await tab.panel(name).locator('token-timeline svg[role=img]').waitFor()
      await tab.panel(name).getByText('What this page noticed').click()
    }
  }

  test.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', async colorScheme => {
    await open({ colorScheme })
    await tab.fillIn('travis', { username: 'nobody', password: 'wrong' })
    await tab.button('travis', 'Sign in').click()
    await tab.panel('travis').getByRole('alert').waitFor()
    expect(await violations()).toEqual([])
    await signInEverywhere()
    expect(await violations()).toEqual([])
  })

  test.each(zooms)('%s nothing is clipped or scrolls sideways', async (_, viewport, style) => {
    await open({ viewport })
    const look = async (): Promise<void> => {
      if (style !== '') await tab.page.addStyleTag({ content: style })
      await tab.page.waitForTimeout(100)
      expect(await tab.isTooWide()).toBe(false)
      expect(await tab.page.evaluate(findClipped)).toEqual([])
    }
    await look()
    await signInEverywhere()
    await look()
  })

  test('everything works by keyboard: in, ask, refresh, expire, log, a second tab, out', async () => {
    await open()
    const { page } = tab
    const title = tab.panel('travis').getByRole('heading', { level: 2 })
    await tab.tabTo(tab.panel('travis').getByRole('button', { name: 'luca.moretti' }))
    await page.keyboard.press('Enter')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    expect(await isFocused(tab.button('travis', 'Sign in'))).toBe(true)
    await page.keyboard.press('Enter')
    await tab.signedIn('travis', demo.account('travis', 1).username)
    await expect.poll(() => isFocused(title)).toBe(true)
    for (const [label, news] of [
      ['Ask again', 'Asked again'],
      ['Refresh', 'has a new access token'],
      ['Let the token expire', 'The API refuses'],
    ] as const) {
      await tab.tabTo(tab.button('travis', label))
      await page.keyboard.press('Enter')
      await tab.panel('travis').getByText(news).waitFor()
      expect(await isFocused(tab.button('travis', label))).toBe(true)
    }
    await tab.tabTo(tab.panel('travis').locator('.log summary'))
    await page.keyboard.press('Enter')
    await tab.panel('travis').getByText('Obtained an access token').first().waitFor()
    await page.keyboard.press('Shift+Tab')
    await tab.tabTo(tab.page.getByRole('button', { name: 'Open a second tab' }))
    const opened = page.context().waitForEvent('page')
    await page.keyboard.press('Enter')
    await (await opened).close()
    await tab.tabTo(tab.button('travis', 'Sign out'))
    await page.keyboard.press('Enter')
    await tab.button('travis', 'Sign in').waitFor()
    await expect.poll(() => isFocused(title)).toBe(true)
    expect(tab.complaints).toEqual([])
  })
})
