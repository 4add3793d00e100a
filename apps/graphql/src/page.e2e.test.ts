import { shareDemo } from '@evergrant/page-kit/suites'
import { program } from '@evergrant/page-kit/test-support'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clientNames } from './page/fleet-client.ts'
import { DemoTab, TestDemo } from './page.test-support.ts'

const tokenLifeMs = 30_000

describe.skipIf(program === undefined)('the page', () => {
  const shared = shareDemo(() => TestDemo.start())
  let tab: DemoTab

  beforeEach(async () => {
    tab = await DemoTab.open(shared.browser, shared.demo, { movesClock: true })
  })

  afterEach(() => tab.close())

  test.each(clientNames)(
    '%s: a refusal in the body of an answer is one refresh, and no failure',
    async client => {
      // The socket stays silent: nothing but the operation itself notices that the token is refused.
      await tab.page.routeWebSocket(/graphql/, () => undefined)
      await tab.choose('mediated')
      await tab.page.getByRole('radio', { name: /UNAUTHENTICATED/ }).check()
      await tab.signIn()
      await tab.tab(client).click()
      await tab.panel.locator('li').nth(3).waitFor()
      const answers: number[] = []
      tab.page.on('response', response => {
        if (response.url().includes('refusals=body') && response.request().method() === 'POST')
          answers.push(response.status())
      })
      await tab.skip(tokenLifeMs / 4)
      shared.demo.emulator.journal.clear()
      await tab.button('Let the token expire').click()
      await tab.page.getByText('The API refuses the access token').waitFor()
      await tab.button('Ask again').click()
      await tab.reaches('operations', 2)
      await expect.poll(() => answers, { timeout: 8000 }).toEqual([200, 200])
      expect([shared.demo.refreshes, await tab.count('failed')]).toEqual([1, 0])
    },
  )

  test('the page holds no token in proxy mode, and asks nobody but its own server', async () => {
    const requests: string[] = []
    const answers: Promise<string>[] = []
    tab.page.on('request', request => requests.push(new URL(request.url()).origin))
    tab.page.on('response', response => {
      if (response.url().includes('/api/') && !/events|graphql/.test(response.url()))
        answers.push(response.text().catch(() => ''))
    })
    await tab.signIn()
    await tab.moreEvents(2)
    expect(new Set(requests)).toEqual(new Set([shared.demo.url]))
    expect((await Promise.all(answers)).join('')).not.toMatch(/eyJ/)
    const stored = await tab.page.evaluate<unknown[]>(
      `indexedDB.databases().then(found => [localStorage.length, sessionStorage.length, document.cookie, found.length])`,
    )
    expect(stored).toEqual([0, 0, '', 0])
  })

  test('each transport has its own sign-in, and a wrong password is told', async () => {
    await tab.fillIn({ ...shared.demo.account(), password: 'wrong' })
    await tab.button('Sign in').click()
    await tab.page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor()
    await tab.signIn(1)
    await tab.choose('mediated')
    await tab.status.getByText('Nobody is signed in').waitFor()
    await tab.choose('proxy')
    await tab.signedIn(shared.demo.account(1).username)
    await tab.button('Sign out').click()
    await tab.status.getByText('Nobody is signed in').waitFor()
  })

  test('an operation that fails is told and counted', async () => {
    await tab.signIn()
    await tab.page.route('**/api/fleet/graphql', route => route.abort())
    await tab.button('Ask again').click()
    await tab.panel.getByRole('alert').getByText('The operation failed').waitFor()
    expect(await tab.count('failed')).toBe(1)
    await tab.page.unroute('**/api/fleet/graphql')
    await tab.button('Ask again').click()
    await expect.poll(() => tab.panel.getByRole('alert').count()).toBe(0)
  })
})
