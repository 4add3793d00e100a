import { shareDemo } from '@evergrant/page-kit/suites'
import {
  conditions,
  layoutFaults,
  program,
  readerOptions,
  violationsIn,
} from '@evergrant/page-kit/test-support'
import { afterEach, describe, expect, test } from 'vitest'
import { Shown, startTestDemo } from './page.test-support.ts'

describe.skipIf(program === undefined)('the pages for everybody, those of TRAVIS included', () => {
  const shared = shareDemo(() => startTestDemo())
  let shown: Shown

  afterEach(() => shown.close())

  async function open(options: Parameters<typeof Shown.open>[2] = {}): Promise<void> {
    shown = await Shown.open(shared.browser, shared.demo, { ...readerOptions, ...options })
  }

  test.each(['light', 'dark'] as const)('axe-core finds nothing in the %s theme', async colorScheme => {
    await open({ colorScheme })
    expect(await violationsIn(shown.page)).toEqual([])
    await shown.goToLogIn()
    expect(await violationsIn(shown.page)).toEqual([])
    await shown.page.getByLabel('User name').fill('nobody')
    await shown.page.getByLabel('Password').fill('wrong')
    await shown.button('Sign in').click()
    await shown.page.getByRole('alert').waitFor()
    expect(await violationsIn(shown.page)).toEqual([])
    await shown.logIn()
    await shown.region('Asked by this page').getByRole('row').nth(6).waitFor()
    expect(await violationsIn(shown.page)).toEqual([])
    shared.demo.emulator.travis.faults.add({ kind: 'status', status: 503, on: 'api', times: 3 })
    await shown.page.locator('.notice').first().waitFor()
    expect(await violationsIn(shown.page)).toEqual([])
    shared.demo.emulator.travis.faults.clear()
  })

  test.each(conditions)('%s nothing is clipped or scrolls sideways', async (_, viewport, style) => {
    await open({ viewport })
    const look = async (): Promise<void> => expect(await layoutFaults(shown.page, style)).toEqual([])
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
    const { username, password } = shared.demo.emulator.travis.credentials.customers[1]
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
