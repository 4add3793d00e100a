import { systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { startEmulatorServer } from '@evergrant/emulator/server'
import { findBrowser } from '@evergrant/testing/machine'
import type { BrowserProgram } from '@evergrant/testing/machine'
import { chromium, firefox } from 'playwright-core'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import type { ClientName } from './page/fleet-client.ts'
import type { FleetCounts } from './page/fleet-stats.ts'
import { runDemo } from './run.ts'
import type { RunningDemo } from './run.ts'
import type { ExampleAccount, TokensName } from './settings.ts'

/** The machine's browser; undefined: there is none, and the tests of the page are skipped. */
export const program: BrowserProgram | undefined = findBrowser()

const engine = program?.engine === 'firefox' ? firefox : chromium

export function launchBrowser(): Promise<Browser> {
  return engine.launch(program?.options)
}

/** The demo and an emulator on free ports, with one clock that tests move. */
export class TestDemo {
  readonly emulator: Emulator
  /** What the demo did not expect. */
  readonly faults: readonly unknown[]
  readonly #demo: RunningDemo
  readonly #clock: { skippedMs: number }

  private constructor(demo: RunningDemo, clock: { skippedMs: number }, faults: readonly unknown[]) {
    this.emulator = demo.emulator.emulator
    this.faults = faults
    this.#demo = demo
    this.#clock = clock
  }

  /** `positionEveryMs`: between two events of the subscription; tests have no time for the demo's own 400. */
  static async start(pageDirectory?: string, positionEveryMs = 100): Promise<TestDemo> {
    const moved = { skippedMs: 0 }
    const clock: Clock = {
      wall: () => systemClock.wall() + moved.skippedMs,
      monotonic: () => systemClock.monotonic() + moved.skippedMs,
      schedule: (...given) => systemClock.schedule(...given),
    }
    const faults: unknown[] = []
    const emulator = await startEmulatorServer({ emulator: createEmulator({ now: () => clock.wall() }) })
    const onError = (error: unknown): void => void faults.push(error)
    const demo = await runDemo({ port: 0, emulator, pageDirectory, positionEveryMs, clock, onError })
    return new TestDemo(demo, moved, faults)
  }

  get url(): string {
    return this.#demo.url
  }

  get graphqlUrl(): string {
    return this.#demo.graphqlUrl
  }

  account(index: 0 | 1 | 2 = 0): ExampleAccount {
    return this.emulator.travis.credentials.customers[index]
  }

  /** Moves the clock of the servers and of the providers. */
  skip(ms: number): void {
    this.#clock.skippedMs += ms
  }

  /** How often a customer's refresh token was used since the journal was cleared. */
  get refreshes(): number {
    const { clientId } = this.emulator.travis.credentials.customerClient
    const used = this.emulator.journal.entries({ provider: 'travis', grantType: 'refresh_token' })
    return used.filter(entry => entry.clientId === clientId).length
  }

  async close(): Promise<void> {
    await this.#demo.stop()
    await this.#demo.emulator.close()
  }
}

/** One tab with the page. */
export class DemoTab {
  readonly page: Page
  readonly demo: TestDemo
  readonly #complaints: string[] = []

  constructor(page: Page, demo: TestDemo) {
    this.page = page
    this.demo = demo
    page.setDefaultTimeout(8000)
    page.on('pageerror', error => this.#complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.#complaints.push(message.text())
    })
  }

  /** A new browser of one person. With `movesClock`, `skip` moves the clock of the page, too. */
  static async open(
    browser: Browser,
    demo: TestDemo,
    { movesClock = false, ...options }: BrowserContextOptions & { readonly movesClock?: boolean } = {},
  ): Promise<DemoTab> {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
    if (movesClock) await context.clock.install()
    const tab = new DemoTab(await context.newPage(), demo)
    await tab.page.goto(demo.url)
    await tab.known()
    return tab
  }

  /** Waits until it is known who is signed in. */
  async known(): Promise<void> {
    await this.page.locator('.session:not([data-status=pending])').waitFor()
  }

  /** Moves all clocks on. */
  async skip(ms: number): Promise<void> {
    // Both at once: whoever is ahead takes the other's tokens for older or younger than they are.
    const moved = this.page.context().clock.fastForward(ms)
    this.demo.skip(ms)
    await moved
  }

  async close(): Promise<void> {
    await this.page.context().close()
  }

  /** What the browser complained about, except that an answer was an error: the page says that itself. */
  get complaints(): string[] {
    return this.#complaints.filter(text => !text.startsWith('Failed to load resource'))
  }

  get status(): Locator {
    return this.page.locator('.status')
  }

  get panel(): Locator {
    return this.page.getByRole('tabpanel')
  }

  get title(): Locator {
    return this.page.getByRole('heading', { level: 2 })
  }

  button(label: string): Locator {
    return this.page.getByRole('button', { name: label, exact: true })
  }

  async choose(name: TokensName): Promise<void> {
    await this.page.getByRole('radio', { name: name === 'proxy' ? /proxy/ : /WebSocket/ }).check()
    await this.known()
  }

  tab(client: ClientName): Locator {
    return this.page.getByRole('tab', { name: client === 'apollo' ? 'Apollo' : client, exact: true })
  }

  async fillIn({ username, password }: ExampleAccount): Promise<void> {
    await this.page.getByLabel('User name').fill(username)
    await this.page.getByLabel(/^Password/).fill(password)
  }

  /** Signs somebody in, and waits for the fleet. */
  async signIn(index: 0 | 1 | 2 = 0): Promise<void> {
    const account = this.demo.account(index)
    await this.fillIn(account)
    await this.button('Sign in').click()
    await this.signedIn(account.username)
  }

  async signedIn(username: string): Promise<void> {
    await this.status.getByText(`Signed in as ${username}`).waitFor()
    await this.panel.locator('li').nth(3).waitFor()
  }

  /** Chooses a client, and waits for its fleet and its first event. */
  async runBy(client: ClientName): Promise<void> {
    await this.tab(client).click()
    await this.panel.locator('li').nth(3).waitFor()
    await this.moreEvents(1)
  }

  async count(name: keyof FleetCounts): Promise<number> {
    return Number(await this.panel.locator(`[data-count=${name}]`).textContent())
  }

  /** Waits until so many more events have come. */
  async moreEvents(more: number): Promise<void> {
    const wanted = (await this.count('events')) + more
    await this.#until(async () => (await this.count('events')) >= wanted, 'No more events come')
  }

  /** Waits until a count is what it has to be. */
  async reaches(name: keyof FleetCounts, wanted: number): Promise<void> {
    await this.#until(async () => (await this.count(name)) === wanted, `${name} never is ${wanted}`)
  }

  async #until(isSo: () => Promise<boolean>, failure: string): Promise<void> {
    const until = Date.now() + 8000
    while (!(await isSo())) {
      if (Date.now() > until) throw new Error(`${failure}.`)
      await this.page.waitForTimeout(50)
    }
  }

  /** Writes a note on the first vehicle. */
  async writeNote(note: string): Promise<void> {
    const row = this.panel.locator('li').first()
    await row.getByRole('textbox').fill(note)
    await row.getByRole('button').click()
  }

  firstNote(): Promise<string> {
    return this.panel.locator('li').first().getByRole('textbox').inputValue()
  }

  async tabTo(target: Locator, presses = 60): Promise<void> {
    for (let press = 0; press < presses; press += 1) {
      if (await isFocused(target)) return
      await this.page.keyboard.press('Tab')
    }
    throw new Error('Tab never gets there.')
  }

  // A program as text: these tests are compiled without the page's own scripts.
  isTooWide(): Promise<boolean> {
    return this.page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
  }
}

export async function isFocused(target: Locator): Promise<boolean> {
  return (await target.and(target.page().locator(':focus')).count()) === 1
}
