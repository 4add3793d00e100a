import { beforeEach, describe, expect, test } from 'vitest'
import { pageForEachTest } from './for-each-test.test-support.ts'
import { executablePath, shows, titles } from './page.test-support.ts'
import type { GatewayPage } from './page.test-support.ts'

const withoutRefreshToken = ['TrafficStars', 'Trackunit IRIS']
const withRefreshToken = titles.filter(title => !withoutRefreshToken.includes(title))

describe.skipIf(executablePath === undefined)('every button of every provider', () => {
  let shown: GatewayPage

  // Tall, because a timeline out of sight is not drawn.
  const context = { viewport: { width: 1280, height: 3600 } }
  pageForEachTest(
    started => {
      shown = started
    },
    { movesPageClock: true, context },
  )

  // Past the pause between two exchanges: what it does is a test of its own.
  beforeEach(async () => {
    await shown.open()
    await shown.skip(10_000)
  })

  async function breakAll(how: string, among: readonly string[], says: RegExp): Promise<void> {
    for (const title of among) expect.soft(await shown.breakIt(title, how), title).toMatch(says)
  }

  async function expectRecovery(): Promise<void> {
    for (const title of titles) {
      await expect.poll(() => shown.stateOf(title), { timeout: 12_000, message: title }).toBe('Fresh')
      await expect.poll(() => shown.rowsOf(title), { message: title }).toBe(5)
    }
  }

  test('an access token that is made to expire is replaced, and the page says so', async () => {
    await breakAll(
      'Expire now',
      titles,
      /^The API takes the access token for expired and no longer accepts it\.$/,
    )
    for (const title of titles) {
      await expect.poll(() => shown.requestsOf(title), { message: title }).toBe('2')
      const refusal = shown
        .card(title)
        .locator('token-timeline')
        .getByText(/^.*The API refused/)
      await refusal.first().waitFor({ state: 'attached' })
    }
    await expectRecovery()
    expect(shown.allComplaints).toEqual([])
  })

  test('an API that refuses every token is asked again once it is well', async () => {
    await breakAll('Refuse the token', titles, /^The API refuses every access token for 10 s\.$/)
    for (const title of titles) {
      await expect.poll(() => shown.rowsOf(title), { message: title }).toBe(0)
      expect
        .soft(await shown.failureOf(title))
        .toMatch(new RegExp(`^${title} refused .*(?:obtained only a moment ago|refused others before)`))
      await expect.poll(() => shown.stateOf(title), { message: title }).toBe('Access token refused')
      expect.soft(await shown.tokenOf(title), title).toBe('refused by the API')
    }
    await expect.poll(() => shown.overview()).toMatch(/^0 of 5 access tokens in good health/)
    await shown.skip(60_000)
    await expectRecovery()
  })

  test('a refresh token that is revoked makes the grant be repeated', async () => {
    const says = /^The refresh token is revoked, and the API no longer accepts the access token\.$/
    await breakAll('Revoke the refresh token', withRefreshToken, says)
    for (const title of withRefreshToken) {
      await expect.poll(() => shown.countsOf(title), { message: title }).toBe('0, 2')
      const death = 'The server no longer accepts the refresh token.'
      const timeline = shown.card(title).locator('token-timeline')
      await timeline.getByText(death).first().waitFor({ state: 'attached' })
    }
    await expectRecovery()
  })

  test('a provider that issues no refresh token has no button to revoke one', async () => {
    for (const title of withoutRefreshToken) {
      await shown.card(title).getByText('Break it and watch').click()
      const names = shown.card(title).locator('.fault-buttons button')
      expect(await names.allTextContents()).toEqual([
        'Expire now',
        'Refuse the token',
        'Server error for 30 s',
        'Slow server',
      ])
    }
  })

  test('a server error is told with its reason and the next attempt, and over by itself', async () => {
    const says = /^The authorization server answers 503 for 30 s, and the access token is gone\.$/
    await breakAll('Server error for 30 s', titles, says)
    for (const title of titles) {
      await expect.poll(() => shown.stateOf(title), { message: title }).toBe('No access token')
      expect.soft(await shown.failureOf(title)).toMatch(/ answered 503: /)
      const explanation = await shown.card(title).locator('.explanation').textContent()
      expect.soft(explanation).toMatch(/the server gave no new one\. (?:Next try in \d+ s|The next request)/)
    }
    const news = await shown.news()
    expect(news).toMatch(
      /^[^:]+: (?:The refresh|Repeating the grant) failed: \S+ answered 503: .*Next attempt/,
    )
    await shown.skip(90_000)
    await expectRecovery()
  })

  test('a slow server makes the callers wait, and no more', async () => {
    const says = /^The authorization server takes 4 s to answer for a while, and the access token is gone\.$/
    await breakAll('Slow server', titles, says)
    for (const title of titles) {
      await shown.waitForNews(title, /^(?:Repeats the|Uses the ref)/)
    }
    await expectRecovery()
    expect(shown.allComplaints).toEqual([])
  })
})

describe.skipIf(executablePath === undefined)('a button that is pressed right after a new token', () => {
  let shown: GatewayPage

  pageForEachTest(started => {
    shown = started
  })

  test('the page names the pause between two exchanges, and asks again as soon as it is over', async () => {
    await shown.open()
    const card = shown.card('Truphone Connect')
    await card.getByText('Break it and watch').click()
    // A token that is new however long the page took to load: the first one has expired.
    await shown.skip(301_000)
    await card.getByRole('button', { name: /^Ask again/ }).click()
    await expect.poll(() => shown.requestsOf('Truphone Connect'), { timeout: 5000 }).toBe('2')

    await shown.breakIt('Truphone Connect', 'Expire now')
    const news =
      /^Truphone Connect: The API refused .* a moment old; the next one may be asked for in [1-5] s\.$/
    await expect.poll(() => shown.news(), { timeout: 5000 }).toMatch(news)
    await shows(card, /an access token that is only a moment old: .* Next try in [1-5] s\.$/)
    await shows(card, /only a moment ago\. Token requests keep a pause of a few seconds/)
    const pressedAt = Date.now()
    await expect.poll(() => shown.stateOf('Truphone Connect'), { timeout: 10_000 }).toBe('Fresh')
    await expect.poll(() => shown.rowsOf('Truphone Connect'), { timeout: 5000 }).toBe(5)
    expect(Date.now() - pressedAt).toBeLessThan(7500)
  })
})
