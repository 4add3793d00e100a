import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RunningDemo } from '../start.js'
import { launchBrowser, program, Shown, startTestDemo } from './page.test-support.ts'

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
]

describe.skipIf(program === undefined)('the pages for everybody, those of TRAVIS included', () => {
  let browser: Browser
  let demo: RunningDemo
  let shown: Shown

  beforeAll(async () => {
    ;[browser, demo] = await Promise.all([launchBrowser(), startTestDemo()])
  })

  afterAll(async () => {
    await browser.close()
    await demo.stop()
  })

  afterEach(() => shown.close())

  async function open(options: Parameters<typeof Shown.open>[2] = {}): Promise<void> {
    // What a test adds is what a reader's browser adds: the page's policy has no say in it.
    shown = await Shown.open(browser, demo, { bypassCSP: true, reducedMotion: 'reduce', ...options })
  }

  async function violations(): Promise<unknown[]> {
    await shown.page.evaluate(axe.source)
    const result = await shown.page.evaluate(() => globalThis.axe.run())
    return result.violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])
  }

  test.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', async colorScheme => {
    await open({ colorScheme })
    expect(await violations()).toEqual([])
    await shown.goToLogIn()
    expect(await violations()).toEqual([])
    await shown.page.getByLabel('User name').fill('nobody')
    await shown.page.getByLabel('Password').fill('wrong')
    await shown.button('Sign in').click()
    await shown.page.getByRole('alert').waitFor()
    expect(await violations()).toEqual([])
    await shown.logIn()
    await shown.region('Asked by this page').getByRole('row').nth(6).waitFor()
    expect(await violations()).toEqual([])
    demo.emulator.travis.faults.add({ kind: 'status', status: 503, on: 'api', times: 3 })
    await shown.page.locator('.notice').first().waitFor()
    expect(await violations()).toEqual([])
    demo.emulator.travis.faults.clear()
  })

  test.each(zooms)('%s nothing scrolls sideways', async (_, viewport, style) => {
    await open({ viewport })
    const look = async (): Promise<void> => {
      if (style !== '') await shown.page.addStyleTag({ content: style })
      expect(await shown.isTooWide()).toBe(false)
    }
    await look()
    await shown.goToLogIn()
    await look()
    await shown.logIn()
    await shown.region('Asked by this page').getByRole('row').nth(6).waitFor()
    await look()
  })

  test('everything works by keyboard: to TRAVIS, in, pause, out', async () => {
    await open()
    const { page } = shown
    const { username, password } = demo.emulator.travis.credentials.customers[1]
    await shown.tabTo(shown.button('Sign in with TRAVIS'))
    await page.keyboard.press('Enter')
    await shown.tabTo(page.getByLabel('User name'))
    await page.keyboard.type(username)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await shown.heading('Vehicles').waitFor()
    await shown.tabTo(shown.button('Pause'))
    await page.keyboard.press('Space')
    await page.getByText('Stopped.').waitFor()
    await shown.tabTo(shown.button('Sign out'))
    await page.keyboard.press('Enter')
    await page.getByText('You are signed out.').waitFor()
    expect(shown.complaints).toEqual([])
  })
})
