import { shareDemo } from '@evergrant/page-kit/suites'
import {
  conditions,
  isFocused,
  layoutFaults,
  program,
  readerOptions,
  violationsIn,
} from '@evergrant/page-kit/test-support'
import { afterEach, describe, expect, test } from 'vitest'
import { DemoTab, TestDemo } from './page.test-support.ts'
import { tokensNames } from './settings.ts'

describe.skipIf(program === undefined)('the page for everybody', () => {
  const shared = shareDemo(() => TestDemo.start())
  let tab: DemoTab

  afterEach(() => tab.close())

  async function open(options: Parameters<typeof DemoTab.open>[2] = {}): Promise<void> {
    tab = await DemoTab.open(shared.browser, shared.demo, { ...readerOptions, ...options })
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
    expect(await violationsIn(tab.page)).toEqual([])
    await signInEverywhere()
    expect(await violationsIn(tab.page)).toEqual([])
  })

  test.each(conditions)('%s nothing is clipped or scrolls sideways', async (_, viewport, style) => {
    await open({ viewport })
    const look = async (): Promise<void> => expect(await layoutFaults(tab.page, style)).toEqual([])
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
    await tab.signedIn('travis', shared.demo.account('travis', 1).username)
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
