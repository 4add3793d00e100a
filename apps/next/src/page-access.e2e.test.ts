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
import { FleetPage, TestDashboard } from './page.test-support.ts'

/** The list that scrolls, and what only screen readers get: of ours, and Next's own. */
const meantToBeClipped = '.vehicles, .hidden, thead, input, next-route-announcer'

describe.skipIf(program === undefined)('the dashboard for everybody', () => {
  const shared = shareDemo(() => TestDashboard.start())
  let shown: FleetPage

  afterEach(() => shown.close())

  async function open(options: Parameters<typeof FleetPage.open>[2] = {}): Promise<void> {
    shown = await FleetPage.open(shared.browser, shared.demo, { ...readerOptions, ...options })
  }

  test.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', async colorScheme => {
    await open({ colorScheme })
    expect(await violationsIn(shown.page)).toEqual([])
    await shown.fillIn('a', 'b')
    await shown.button('Sign in').click()
    await shown.notice.waitFor()
    expect(await violationsIn(shown.page)).toEqual([])
    await shown.signIn()
    await shown.page.locator('token-timeline svg[role=img]').waitFor()
    await shown.vehicles.nth(3).check({ force: true })
    expect(await violationsIn(shown.page)).toEqual([])
    await shown.marks.filter({ hasText: /\d/ }).first().click()
    await shown.button('Show all').waitFor()
    await shown.page.getByLabel('Find').fill('nothing like this')
    expect(await violationsIn(shown.page)).toEqual([])
    await shown.goTo('/sims')
    expect(await violationsIn(shown.page)).toEqual([])
    await shown.goTo('/nowhere')
    expect(await violationsIn(shown.page)).toEqual([])
  })

  test.each(conditions)('%s nothing is clipped or scrolls sideways', async (_, viewport, style) => {
    await open({ viewport })
    const look = async (): Promise<void> =>
      expect(await layoutFaults(shown.page, style, meantToBeClipped)).toEqual([])
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
    const { username, password } = shared.demo.travis.credentials.customers[1]
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
