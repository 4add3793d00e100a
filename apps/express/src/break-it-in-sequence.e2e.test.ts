import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { pageForEachTest } from './for-each-test.test-support.ts'
import { executablePath, titles } from './page.test-support.ts'
import type { GatewayPage } from './page.test-support.ts'

interface Press {
  readonly button: string
  /** What the timeline or the records say, sooner or later. */
  readonly promises: RegExp
}

const presses: readonly Press[] = [
  { button: 'Expire now', promises: /\d The API refused the access token/ },
  { button: 'Refuse the token', promises: /refused an access token that was obtained only a moment ago/ },
  { button: 'Revoke the refresh token', promises: /The server no longer accepts the refresh token/ },
  { button: 'Server error for 30 s', promises: / answered 503: / },
  { button: 'Slow server', promises: /(?:Obtained|Refreshed) .*(?:in|waited) [4-9](?:\.\d)? s/ },
]

// In real time, as a person would: what the engine remembers of one fault must not hide the next.
describe.skipIf(executablePath === undefined)('without a clock that is moved', () => {
  let shown: GatewayPage

  // Tall, because a timeline out of sight is not drawn.
  const options = { context: { viewport: { width: 1280, height: 3600 } } }
  pageForEachTest(started => {
    shown = started
  }, options)

  beforeEach(() => shown.open())

  /** Waits until each card has said it at some time. */
  async function expectAllToSay(among: readonly string[], { button, promises }: Press): Promise<void> {
    const kept = new Set<string>()
    const look = async (): Promise<string[]> => {
      for (const title of among) {
        const card = shown.card(title)
        const texts = await card
          .locator('.records, token-timeline .sentence, token-timeline li')
          .allTextContents()
        if (texts.some(text => promises.test(text))) kept.add(title)
      }
      return among.filter(title => !kept.has(title))
    }
    await expect.poll(look, { timeout: 20_000, message: button }).toEqual([])
  }

  async function expectRecovery(title: string, withinMs: number): Promise<void> {
    await expect.poll(() => shown.stateOf(title), { timeout: withinMs, message: title }).toBe('Fresh')
    await expect.poll(() => shown.rowsOf(title), { message: title }).toBe(5)
  }

  test('five buttons, one after the other: each does what it says, and in the end all is well', async () => {
    for (const press of presses) {
      await pause(3000)
      const among: string[] = []
      for (const title of titles) if (await shown.hasButton(title, press.button)) among.push(title)
      for (const title of among) await shown.breakIt(title, press.button)
      await expectAllToSay(among, press)
    }
    for (const title of titles) await expectRecovery(title, 15_000)
    expect(await shown.overview()).toMatch(/^5 of 5 access tokens in good health/)
  }, 120_000)

  test('a card is well again by itself soon after the fault has ended', async () => {
    await pause(5000)
    await shown.breakIt('Trackunit IRIS', 'Server error for 30 s')
    await shown.breakIt('TRAVIS', 'Refuse the token')
    for (const title of ['Trackunit IRIS', 'TRAVIS']) {
      await expect.poll(() => shown.rowsOf(title), { message: title }).toBe(0)
    }
    await expectRecovery('TRAVIS', 17_000)
    // The engine's own pauses double: the last one may begin shortly before the server is well.
    await expectRecovery('Trackunit IRIS', 60_000)
  }, 90_000)
})
