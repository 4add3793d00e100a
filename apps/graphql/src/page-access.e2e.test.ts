import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DemoTab, isFocused, launchBrowser, program, TestDemo } from './page.test-support.ts'

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

  async function signIn(): Promise<void> {
    await tab.signIn()
    await tab.moreEvents(1)
    await tab.page.locator('token-timeline svg[role=img]').waitFor()
  }

  test.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', async colorScheme => {
    await open({ colorScheme })
    await tab.fillIn({ username: 'nobody', password: 'wrong' })
    await tab.button('Sign in').click()
    await tab.page.getByRole('alert').waitFor()
    expect(await violations()).toEqual([])
    await signIn()
    expect(await violations()).toEqual([])
    await tab.page.route('**/api/fleet/graphql', route => route.abort())
    await tab.button('Ask again').click()
    await tab.panel.getByRole('alert').waitFor()
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
    await signIn()
    await look()
  })

  test('everything works by keyboard: transport, in, tabs, note, expire, out', async () => {
    await open()
    const { page } = tab
    await tab.tabTo(page.getByRole('radio', { name: /proxy/ }))
    await page.keyboard.press('ArrowDown')
    await page.getByRole('heading', { name: 'With tokens in the page' }).waitFor()
    await tab.known()
    await tab.tabTo(page.getByRole('button', { name: 'luca.moretti' }))
    await page.keyboard.press('Enter')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    expect(await isFocused(tab.button('Sign in'))).toBe(true)
    await page.keyboard.press('Enter')
    await tab.signedIn(demo.account(1).username)
    await expect.poll(() => isFocused(tab.title)).toBe(true)
    await tab.tabTo(tab.button('Let the token expire'))
    await page.keyboard.press('Enter')
    await page.getByText('This access token was just issued').waitFor()
    await tab.tabTo(tab.tab('apollo'))
    for (const [key, client] of [
      ['ArrowRight', 'urql'],
      ['End', 'graphql-request'],
      ['ArrowRight', 'apollo'],
      ['ArrowLeft', 'graphql-request'],
      ['Home', 'apollo'],
    ] as const) {
      await page.keyboard.press(key)
      expect(await isFocused(tab.tab(client))).toBe(true)
      expect(await tab.tab(client).getAttribute('aria-selected')).toBe('true')
    }
    await tab.panel.locator('li').nth(3).waitFor()
    await tab.tabTo(tab.panel.getByRole('textbox').first())
    await page.keyboard.type('by keyboard')
    await page.keyboard.press('Enter')
    await tab.reaches('operations', 2)
    expect([await tab.firstNote(), await tab.count('failed')]).toEqual(['by keyboard', 0])
    await page.keyboard.press('Shift+Tab')
    await tab.tabTo(tab.button('Sign out'))
    await page.keyboard.press('Enter')
    await tab.button('Sign in').waitFor()
    await expect.poll(() => isFocused(tab.title)).toBe(true)
    expect(tab.complaints).toEqual([])
  })
})
