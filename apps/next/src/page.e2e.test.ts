import { shareDemo } from '@evergrant/page-kit/suites'
import { isFocused, program } from '@evergrant/page-kit/test-support'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Response } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FleetPage, launchWithoutCookies, TestDashboard } from './page.test-support.ts'

/** The body of an answer; empty where the browser has thrown it away, of which it does not always tell. */
const textOf = (response: Response): Promise<string> =>
  Promise.race([response.text().catch(() => ''), pause(5000).then(() => '')])

describe.skipIf(program === undefined)('the dashboard', () => {
  const shared = shareDemo(() => TestDashboard.start())
  const opened: FleetPage[] = []

  beforeEach(() => shared.demo.reset())

  afterEach(async () => {
    for (const page of opened.splice(0)) await page.close()
  })

  async function open(options: Parameters<typeof FleetPage.open>[2] = {}): Promise<FleetPage> {
    const shown = await FleetPage.open(shared.browser, shared.demo, options)
    opened.push(shown)
    return shown
  }

  /** Signs in, and lets the access token run out: the one that the engine fetches ahead is not used, so none follows it. */
  async function signInAndIdle(...people: readonly FleetPage[]): Promise<void> {
    shared.demo.travis.setLifetimes({ accessTokenMs: 1000 })
    for (const [customer, person] of people.entries()) await person.signIn(customer as 0 | 1)
    await people[0]?.page.waitForTimeout(2300)
    shared.demo.travis.setLifetimes({ accessTokenMs: 300_000 })
    shared.demo.emulator.journal.clear()
  }

  test('shows whoever signs in their vehicles, in the list, on the map and as a live session', async () => {
    const shown = await open()
    await shown.signIn()
    expect(await shown.vehicles.count()).toBe(90)
    expect(await shown.marks.count()).toBeGreaterThan(10)
    await shown.page.locator('token-timeline svg[role=img]').waitFor()
    expect(await isFocused(shown.heading('Vehicles'))).toBe(true)
    await expect.poll(() => shown.page.url()).toBe(`${shared.demo.url}/`)
    expect(shown.complaints).toEqual([])
  })

  test('signs out, here and at TRAVIS', async () => {
    const shown = await open()
    await shown.signIn()
    await shown.button('Sign out').click()
    await shown.page.getByText('You are signed out.').waitFor()
    expect(await isFocused(shown.heading('Sign in'))).toBe(true)
    expect(shared.demo.emulator.journal.count({ provider: 'travis', kind: 'logout' })).toBe(1)
    expect(await shown.page.context().cookies()).toEqual([])
    await shown.goTo('/')
    await shown.heading('Sign in').waitFor()
    expect(shown.complaints).toEqual([])
  })

  test('a wrong password is told, the name stays, and the message has the focus', async () => {
    const shown = await open()
    await shown.fillIn('luca.moretti@customer.example', 'wrong')
    await shown.button('Sign in').click()
    await expect.poll(() => shown.notice.textContent()).toMatch(/^The user name or the password is wrong/)
    expect(await isFocused(shown.notice)).toBe(true)
    expect(await shown.page.getByLabel('User name').inputValue()).toBe('luca.moretti@customer.example')
    expect(await shown.page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
  })

  test('after five wrong tries the page says how long to wait, and TRAVIS is not asked', async () => {
    const shown = await open()
    const tries = (): number => shared.demo.emulator.journal.count({ provider: 'travis', kind: 'token' })
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await shown.fillIn('nobody@customer.example', 'wrong')
      const answered = shown.page.waitForResponse(response => response.request().method() === 'POST')
      await shown.button('Sign in').click()
      await answered
      if (attempt <= 5) await expect.poll(tries).toBe(attempt)
    }
    await expect.poll(() => shown.notice.textContent()).toMatch(/Wait 15 minutes, then try again/)
    expect(tries()).toBe(5)
  })

  test('while TRAVIS is down nobody can sign in, and the page says so', async () => {
    shared.demo.travis.faults.add({ kind: 'status', status: 503, times: Infinity })
    const shown = await open()
    const { username, password } = shared.demo.travis.credentials.customers[1]
    await shown.fillIn(username, password)
    await shown.button('Sign in').click()
    await expect.poll(() => shown.notice.textContent()).toMatch(/^TRAVIS does not answer at the moment/)
  })

  test('an access token that ran out while nobody looked is replaced unnoticed', async () => {
    const shown = await open()
    await signInAndIdle(shown)
    await shown.askAgain()
    await shown.page.getByText(/^As of/).waitFor()
    expect(await shown.vehicles.count()).toBe(90)
    expect(shared.demo.refreshes).toBe(1)
    expect(await shown.notice.count()).toBe(0)
  })

  test('an access token that is refused a moment after the sign-in ends no session', async () => {
    const shown = await open()
    await shown.signIn()
    shared.demo.travis.revokeAccessTokens()
    await shown.askAgain()
    await expect.poll(() => shown.notice.textContent()).toMatch(/^TRAVIS refused an access token/)
    expect(await shown.vehicles.count()).toBe(90)
    await expect.poll(() => shown.notice.count(), { timeout: 15_000 }).toBe(0)
    expect(shared.demo.refreshes).toBe(1)
  })

  test('a session that ended while nobody looked leads to the form, with a sentence', async () => {
    const shown = await open()
    await signInAndIdle(shown)
    shared.demo.travis.revokeRefreshTokens()
    await shown.button('Ask again').click()
    await shown.page.getByText('Your session has ended. Sign in again to see your vehicles.').waitFor()
    await shown.signIn()
    expect(await shown.vehicles.count()).toBe(90)
  })

  test('twelve questions at once with a token that has expired cause one refresh', async () => {
    const shown = await open()
    await signInAndIdle(shown)
    const statuses = await shown.page.evaluate<
      number[]
    >(`Promise.all(Array.from({ length: 12 }, async (_, page) =>
      (await fetch('/api/travis/vehicles?page=' + page, { headers: { 'x-evergrant': '1' } })).status))`)
    expect(statuses).toEqual(Array.from({ length: 12 }, () => 200))
    expect(shared.demo.refreshes).toBe(1)
  })

  test('while TRAVIS is down the last answer stays, and it comes back by itself', async () => {
    const shown = await open()
    await shown.signIn()
    const outage = shared.demo.travis.faults.add({ kind: 'status', status: 503, on: 'api', times: Infinity })
    await shown.button('Ask again').click()
    await expect
      .poll(() => shown.notice.textContent())
      .toMatch(/does not answer.*What you see is the last answer/)
    expect(await shown.vehicles.count()).toBe(90)
    outage.remove()
    await expect.poll(() => shown.notice.count(), { timeout: 10_000 }).toBe(0)
  })

  test('a page that is opened during an outage says so, and fills itself afterwards', async () => {
    const shown = await open()
    await shown.signIn()
    const outage = shared.demo.travis.faults.add({ kind: 'status', status: 503, on: 'api', times: Infinity })
    await shown.goTo('/')
    await expect.poll(() => shown.notice.textContent()).toMatch(/^TRAVIS does not answer at the moment/)
    expect(await shown.vehicles.count()).toBe(0)
    outage.remove()
    await expect.poll(() => shown.vehicles.count(), { timeout: 10_000 }).toBe(90)
  })

  test('who signs out in one tab is told in the other', async () => {
    const shown = await open()
    await shown.signIn()
    const other = await shown.openTab()
    await shown.button('Sign out').click()
    await other.page.getByText('You signed out in another tab.').waitFor()
    await shown.page.getByText('You are signed out.').waitFor()
    expect(other.complaints).toEqual([])
  })

  test('F14 a tab never shows the vehicles of one person under the name of another', async () => {
    const shown = await open()
    // As behind a proxy that cuts streams: nothing tells this tab that somebody else has signed in.
    await shown.page.route('**/api/events', route => route.abort())
    await shown.signIn(0)
    const other = await shown.openTab()
    await other.button('Sign out').click()
    await other.page.getByText('You are signed out.').waitFor()
    await other.signIn(1)
    const { username } = shared.demo.travis.credentials.customers[1]
    const foreign = (await other.page.locator('.vehicles').textContent()) ?? ''
    const own = (await shown.page.locator('.vehicles').textContent()) ?? ''
    expect(own).not.toBe(foreign)
    await shown.button('Ask again').click()
    await shown.page.getByText(username).waitFor()
    expect(await shown.page.locator('.vehicles').textContent()).toBe(foreign)
  })

  test('each hears of their own tokens only', async () => {
    const [anna, luca] = [await open(), await open()]
    const collect = `globalThis.heard = []; void new EventSource('/api/events').addEventListener('token', ({ data }) => heard.push(JSON.parse(data)))`
    const heard = (page: FleetPage): Promise<string[]> =>
      page.page.evaluate<string[]>('heard.map(({ event }) => event?.type ?? "explanation")')
    await signInAndIdle(anna, luca)
    for (const person of [anna, luca]) {
      await person.page.evaluate(collect)
      await expect.poll(() => heard(person)).toEqual(['explanation'])
    }
    await anna.askAgain()
    await expect.poll(() => heard(anna)).toContain('token-obtained')
    expect(await heard(luca)).toEqual(['explanation'])
  })

  test('the SIM cards come from the application’s own account, and only whoever is signed in sees them', async () => {
    const shown = await open()
    await shown.goTo('/sims')
    await shown.page.getByText('Sign in first').waitFor()
    expect(shared.demo.emulator.journal.count({ provider: 'truphone' })).toBe(0)
    await shown.goTo('/')
    await shown.signIn()
    await shown.page.getByRole('link', { name: 'SIM cards' }).click()
    await shown.page.getByRole('caption').getByText('SIM cards 1 to 25 of 250').waitFor()
    await shown.page.getByRole('link', { name: 'Next' }).click()
    await shown.page.getByRole('caption').getByText('SIM cards 26 to 50 of 250').waitFor()
    shared.demo.emulator.truphone.faults.add({ kind: 'status', status: 503, on: 'all', times: Infinity })
    await shown.goTo('/sims')
    await shown.page.getByText('Truphone Connect does not answer at the moment.').waitFor()
    expect(shown.complaints).toEqual([])
  })

  test('without JavaScript people sign in, see their vehicles, and sign out', async () => {
    const shown = await open({ javaScriptEnabled: false })
    const { username, password } = shared.demo.travis.credentials.customers[2]
    await shown.fillIn(username, 'wrong')
    await shown.button('Sign in').click()
    await shown.page.getByText('The user name or the password is wrong.').waitFor()
    await shown.fillIn(username, password)
    await shown.button('Sign in').click()
    await shown.heading('Vehicles').waitFor()
    expect(await shown.vehicles.count()).toBe(90)
    expect(await shown.marks.count()).toBeGreaterThan(10)
    await shown.button('Sign out').click()
    await shown.page.getByText('You are signed out.').waitFor()
  })

  test('a browser that keeps no cookies is told so before anybody types a password', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'evergrant-'))
    const context = await launchWithoutCookies(directory)
    try {
      const shown = new FleetPage(await context.newPage(), shared.demo)
      await shown.goTo('/')
      await expect.poll(() => shown.notice.textContent()).toMatch(/^Your browser refuses cookies/)
      await shown.goTo('/?session=signed-in')
      await expect.poll(() => shown.notice.textContent()).toMatch(/^Your browser refuses cookies/)
    } finally {
      await context.close()
      await rm(directory, { recursive: true, force: true })
    }
  })

  test('no token and no secret reaches the browser: not in pages, payloads, scripts, events or cookies', async () => {
    const shown = await open()
    const bodies: Promise<string>[] = []
    const types = new Set<string>()
    shown.page.on('response', response => {
      const type = response.headers()['content-type'] ?? ''
      types.add(type.split(';')[0] ?? '')
      // A stream of events has no end to wait for; it is looked at below.
      if (!type.startsWith('text/event-stream')) bodies.push(textOf(response))
    })
    await shown.goTo('/')
    await signInAndIdle(shown)
    await shown.askAgain()
    await shown.page.getByRole('link', { name: 'SIM cards' }).click()
    await shown.page.getByRole('caption').waitFor()
    const events = await shown.page.evaluate<string>(
      `fetch('/api/events').then(({ body }) => body.pipeThrough(new TextDecoderStream()).getReader()).then(async reader => {
        let text = ''
        for (let read = await reader.read(); !read.done && !text.includes('data:'); read = await reader.read()) text += read.value
        return text
      })`,
    )
    const html = await shown.page.content()
    const cookies = JSON.stringify(await shown.page.context().cookies())
    const everything = [...(await Promise.all(bodies)), events, html, cookies].join('\n')
    const tokens = /eyJ[\w-]{10,}\.[\w-]{10,}/
    expect(events).toContain('data:')
    const { clientSecret, username, password } = shared.demo.travis.credentials.customers[0]
    const { tokenEndpoint } = shared.demo.travis.endpoints()
    const { clientId } = shared.demo.travis.credentials.customerClient
    const form = {
      grant_type: 'password',
      client_id: clientId,
      client_secret: clientSecret,
      username,
      password,
      scope: 'openid',
    }
    const real = await shared.demo.emulator.fetch(tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    // What is looked for can be found: tokens look like that.
    expect(await real.text()).toMatch(tokens)
    expect([...types]).toEqual(
      expect.arrayContaining(['text/html', 'text/x-component', 'application/javascript', 'application/json']),
    )
    expect(everything).not.toMatch(tokens)
    for (const secret of [clientSecret, shared.demo.emulator.truphone.credentials.clientSecret])
      expect(everything).not.toContain(secret)
  })

  test('answers with somebody’s data are kept by no cache, and other sites get none', async () => {
    const shown = await open()
    await shown.signIn()
    const { request } = shown.page.context()
    const page = await request.get(shared.demo.url)
    expect(page.headers()['cache-control']).toMatch(/no-store/)
    expect(page.headers()['content-security-policy']).toMatch(
      /script-src 'nonce-[\w+/=]{24}' 'strict-dynamic'/,
    )
    const nowhere = await request.get(`${shared.demo.url}/nowhere`)
    expect([nowhere.status(), nowhere.headers()['content-security-policy']]).toEqual([
      404,
      expect.stringMatching(/script-src 'nonce-/),
    ])
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await request.get(`${shared.demo.url}/api/travis/vehicles`, { headers })).status()
    expect(await ask({ 'x-evergrant': '1' })).toBe(200)
    expect(await ask({})).toBe(403)
    expect(await ask({ 'x-evergrant': '1', origin: 'https://evil.example' })).toBe(403)
    expect(
      (
        await request.get(`${shared.demo.url}/api/travis/locations`, { headers: { 'x-evergrant': '1' } })
      ).status(),
    ).toBe(404)
    expect((await fetch(`${shared.demo.url}/api/events`)).status).toBe(403)
  })
})
