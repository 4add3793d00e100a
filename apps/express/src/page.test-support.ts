import { findProgram } from '@evergrant/testing/machine'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { startTestGateway } from './gateway.test-support.ts'
import type { TestGateway } from './gateway.test-support.ts'

/** The machine's browser; undefined: there is none, and the tests of the page are skipped. */
export const executablePath: string | undefined = findProgram('chromium')

const args = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
]

/** The providers' cards, in the order of the page. */
export const titles = [
  'TRAVIS',
  'TrafficStars',
  'ER/Studio Team Server',
  'Trackunit IRIS',
  'Truphone Connect',
] as const

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? '', args })
}

/** Options of {@link GatewayPage.start}. */
export interface GatewayPageOptions {
  readonly gateway?: Parameters<typeof startTestGateway>[0]
  readonly context?: BrowserContextOptions
  /** Whether `skip` also moves the page's clock, so that its timers are due. Default: only the gateway's. */
  readonly movesPageClock?: boolean
}

/** A gateway of its own, and its page in the browser. */
export class GatewayPage {
  readonly page: Page
  readonly gateway: TestGateway
  readonly #movesPageClock: boolean
  readonly #complaints: string[] = []

  private constructor(page: Page, gateway: TestGateway, movesPageClock: boolean) {
    this.page = page
    this.gateway = gateway
    this.#movesPageClock = movesPageClock
    page.setDefaultTimeout(5000)
    page.on('pageerror', error => this.#complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') this.#complaints.push(message.text())
    })
  }

  static async start(browser: Browser, options: GatewayPageOptions = {}): Promise<GatewayPage> {
    const { movesPageClock = false } = options
    const gateway = await startTestGateway(options.gateway)
    const context = await browser.newContext(options.context)
    const page = await context.newPage()
    if (movesPageClock) await page.clock.install()
    return new GatewayPage(page, gateway, movesPageClock)
  }

  /** The same page in another tab of the same browser. */
  async anotherTab(): Promise<GatewayPage> {
    return new GatewayPage(await this.page.context().newPage(), this.gateway, false)
  }

  async close(): Promise<void> {
    await this.page.context().close()
    await this.gateway.close()
  }

  /** Goes there and waits until the cards show their first records and whatever happens next will be told. */
  async open(shown: readonly string[] = titles): Promise<void> {
    await this.page.goto(this.gateway.url)
    for (const title of shown) await this.card(title).locator('tbody tr').first().waitFor()
    await this.page.locator('#news').filter({ hasNotText: 'Connecting' }).waitFor()
  }

  /** Moves the clocks on. */
  async skip(ms: number): Promise<void> {
    this.gateway.skip(ms)
    if (this.#movesPageClock) await this.page.clock.fastForward(ms)
  }

  /** What the page says happened last, to whichever credential. */
  news(): Promise<string | null> {
    return this.page.locator('#news').textContent()
  }

  /** What the browser complained about, except that an answer was an error: the page says that itself. */
  get complaints(): string[] {
    return this.#complaints.filter(text => !text.startsWith('Failed to load resource'))
  }

  /** Everything that the browser complained about. */
  get allComplaints(): string[] {
    return this.#complaints
  }

  card(title: string): Locator {
    return this.page.getByRole('article', { name: title, exact: true })
  }

  rowsOf(title: string): Promise<number> {
    return this.card(title).locator('tbody tr').count()
  }

  stateOf(title: string): Promise<string | null> {
    return this.card(title).locator('.state-line .state').textContent()
  }

  /** What the page says of the access token's life. */
  tokenOf(title: string): Promise<string | null> {
    return this.card(title).locator('dd').first().textContent()
  }

  overview(): Promise<string | null> {
    return this.page.locator('#overview').textContent()
  }

  /** Refreshes and re-grants. */
  countsOf(title: string): Promise<string | null> {
    return this.card(title).locator('dd').nth(1).textContent()
  }

  requestsOf(title: string): Promise<string | null> {
    return this.card(title).locator('dd').last().textContent()
  }

  /** Waits until the timeline says it: it draws at most once a second, and only what is in sight. */
  async waitForNews(title: string, sentence: RegExp): Promise<void> {
    const timeline = this.card(title).locator('token-timeline')
    await timeline.scrollIntoViewIfNeeded()
    await timeline.locator('.sentence').filter({ hasText: sentence }).waitFor()
  }

  failureOf(title: string): Promise<string | null> {
    return this.card(title).locator('.records .failure').textContent()
  }

  /** Whether the provider can be broken in that way. */
  async hasButton(title: string, how: string): Promise<boolean> {
    return (await this.card(title).locator('.fault-buttons button', { hasText: how }).count()) > 0
  }

  /** Opens the disclosure if need be, presses the button, and returns what the page says was done. */
  async breakIt(title: string, how: string): Promise<string | null> {
    const card = this.card(title)
    const button = card.getByRole('button', { name: how })
    if (!(await button.isVisible())) await card.getByText('Break it and watch').click()
    const outcome = card.locator('.faults .outcome')
    await button.click()
    await outcome.filter({ hasText: /\S/ }).waitFor()
    return outcome.textContent()
  }

  async tabTo(target: Locator): Promise<void> {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await isFocused(target)) return
      await this.page.keyboard.press('Tab')
    }
    throw new Error('Tab never gets there.')
  }

  // A program as text: these tests are compiled without the browser's types.
  isTooWide(): Promise<boolean> {
    return this.page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
  }
}

export async function isFocused(target: Locator): Promise<boolean> {
  return (await target.and(target.page().locator(':focus')).count()) === 1
}

export function shows(within: Locator, text: string | RegExp): Promise<void> {
  return within.getByText(text).first().waitFor()
}
