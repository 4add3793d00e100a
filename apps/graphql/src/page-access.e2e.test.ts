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

describe.skipIf(program === undefined)('the page for everybody', () => {
  const shared = shareDemo(() => TestDemo.start())
  let tab: DemoTab

  afterEach(() => tab.close())

  async function open(options: Parameters<typeof DemoTab.open>[2] = {}): Promise<void> {
    tab = await DemoTab.open(shared.browser, shared.demo, { ...readerOptions, ...options })
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
    expect(await violationsIn(tab.page)).toEqual([])
    await signIn()
    expect(await violationsIn(tab.page)).toEqual([])
    await tab.page.route('**/api/fleet/graphql', route => route.abort())
    await tab.button('Ask again').click()
    await tab.panel.getByRole('alert').waitFor()
    expect(await violationsIn(tab.page)).toEqual([])
  })

  test.each(conditions)('%s nothing is clipped or scrolls sideways', async (_, viewport, style) => {
    await open({ viewport })
    const look = async (): Promise<void> => expect(await layoutFaults(tab.page, style)).toEqual([])
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
    await tab.signedIn(shared.demo.account(1).username)
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
