import { shareDemo } from '@evergrant/page-kit/suites'
import { program } from '@evergrant/page-kit/test-support'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DemoTab, TestDemo } from './page.test-support.ts'
import { tokensNames } from './settings.ts'

describe.skipIf(program === undefined)('two tabs', () => {
  const shared = shareDemo(() => TestDemo.start())
  let one: DemoTab

  beforeEach(async () => {
    one = await DemoTab.open(shared.browser, shared.demo)
  })

  afterEach(() => one.close())

  test('opened by the button agree on the users and on one token, for which TRAVIS was asked once', async () => {
    shared.demo.emulator.journal.clear()
    for (const name of tokensNames) await one.signIn(name)
    const two = await one.pressForTab()
    for (const name of tokensNames) await two.signedIn(name, shared.demo.account(name).username)
    for (const tab of [one, two]) {
      await tab.tabs.getByText('2 tabs of this page are open, and they agree.').waitFor()
      await expect.poll(() => tab.tabs.locator('code').count()).toBe(2)
      expect(new Set(await tab.tabs.locator('code').allTextContents()).size).toBe(1)
      // A tab that is too busy to answer within a moment makes the other ask the server, for the same token.
      await tab.tabs.getByText(/token route has answered (once|2 times) /).waitFor()
      expect(tab.complaints).toEqual([])
    }
    expect(shared.demo.emulator.journal.count({ provider: 'travis', kind: 'token' })).toBe(1)
    await two.page.close()
    await one.tabs.getByText('This is the only tab').waitFor()
  })

  test('sign in and out together, at one provider without the other', async () => {
    const two = await one.anotherTab()
    for (const name of tokensNames) await one.signIn(name)
    for (const name of tokensNames) await two.signedIn(name, shared.demo.account(name).username)
    await two.button('teamServer', 'Sign out').click()
    await one.status('teamServer').getByText('Nobody is signed in').waitFor()
    expect(await one.titles('teamServer')).toEqual([])
    expect(await one.status('travis').textContent()).toContain(shared.demo.account('travis').username)
    await two.button('travis', 'Sign out').click()
    await one.status('travis').getByText('Nobody is signed in').waitFor()
    for (const tab of [one, two]) {
      await tab.tabs.getByText('2 tabs of this page are open, and they agree.').waitFor()
      expect(tab.complaints).toEqual([])
    }
  })

  test('another user in one of them: the other never shows records of the first with the name of the second', async () => {
    const two = await one.anotherTab()
    await one.signIn('travis')
    const [anna, luca] = [shared.demo.account('travis').username, shared.demo.account('travis', 1).username]
    await two.signedIn('travis', anna)
    const ofAnna = await one.titles('travis')
    // At every change of the page: who is named, and whose records stand below.
    await one.page.evaluate(`
      globalThis.seen = []
      const panel = document.querySelector('[aria-labelledby=travis-title]')
      const look = () => seen.push([
        panel.querySelector('.status').textContent,
        ...[...panel.querySelectorAll('.records strong')].map(each => each.textContent),
      ])
      new MutationObserver(look).observe(panel, { subtree: true, childList: true, characterData: true })`)
    await two.button('travis', 'Sign out').click()
    await two.signIn('travis', 1)
    await one.signedIn('travis', luca)
    const ofLuca = await one.titles('travis')
    expect(ofLuca).not.toEqual(ofAnna)
    expect(await two.titles('travis')).toEqual(ofLuca)
    const seen = await one.page.evaluate<string[][]>('seen')
    expect(seen.length).toBeGreaterThan(2)
    for (const [status = '', ...titles] of seen) {
      const owner = status.includes(anna) ? ofAnna : status.includes(luca) ? ofLuca : []
      expect(owner).toEqual(expect.arrayContaining(titles))
    }
  })

  test('another user without a sign-out between: a token of the first is never sent afterwards', async () => {
    const two = await one.anotherTab()
    await one.signIn('travis')
    const luca = shared.demo.account('travis', 1)
    await two.signedIn('travis', shared.demo.account('travis').username)
    const before = await one.page.evaluate<string>(
      `fetch('/api/auth/travis/token', { method: 'POST', headers: { 'x-evergrant': '1' } }).then(answer => answer.json()).then(({ accessToken }) => accessToken)`,
    )
    // As another program on the site would: this page offers a form only to whoever is signed out.
    await two.page.evaluate(`fetch('/api/auth/travis/sign-in', { method: 'POST',
      headers: { 'x-evergrant': '1', 'content-type': 'application/json' },
      body: ${JSON.stringify(JSON.stringify({ username: luca.username, password: luca.password }))} })`)
    const sent: (string | undefined)[] = []
    one.page.on('request', request => {
      if (request.url().startsWith(shared.demo.apiOrigin)) sent.push(request.headers()['authorization'])
    })
    await two.page.reload()
    await two.signedIn('travis', luca.username)
    // A refresh asks the server, which says that somebody else is signed in.
    await one.button('travis', 'Refresh').click()
    await one.signedIn('travis', luca.username)
    expect(sent.length).toBeGreaterThan(0)
    expect(sent).not.toContain(`Bearer ${before}`)
    expect(await one.titles('travis')).toEqual(await two.titles('travis'))
  })
})
