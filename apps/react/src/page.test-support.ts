import { systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { startEmulatorServer } from '@evergrant/emulator/server'
import { findBrowser } from '@evergrant/testing/machine'
import type { BrowserProgram } from '@evergrant/testing/machine'
import { chromium, firefox } from 'playwright-core'
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
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

  static async start(pageDirectory?: string): Promise<TestDemo> {
    const moved = { skippedMs: 0 }
    const clock: Clock = {
      wall: () => systemClock.wall() + moved.skippedMs,
      monotonic: () => systemClock.monotonic() + moved.skippedMs,
      schedule: (...given) => systemClock.schedule(...given),
    }
    const faults: unknown[] = []
    const emulator = await startEmulatorServer({ emulator: createEmulator({ now: () => clock.wall() }) })
    const onError = (error: unknown): void => void faults.push(error)
    const demo = await runDemo({ port: 0, emulator, pageDirectory, clock, onError })
    return new TestDemo(demo, moved, faults)
  }

  get url(): string {
    return this.#demo.url
  }

  /** Where the emulated API is. */
  get apiOrigin(): string {
    return this.#demo.emulator.url
  }

  account(name: TokensName, index: 0 | 1 | 2 = 0): ExampleAccount {
    const { teamServer, travis } = this.emulator
    return name === 'teamServer' ? teamServer.credentials : travis.credentials.customers[index]
  }

  /** Moves the clock of the server and of the providers. */
  skip(ms: number): void {
    this.#clock.skippedMs += ms
  }

  /** How often the refresh token was used since the journal was cleared. */
  get refreshes(): number {
    return this.emulator.journal.count({ kind: 'token', grantType: 'refresh_token' })
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
    return DemoTab.#openIn(context, demo)
  }

  static async #openIn(context: BrowserContext, demo: TestDemo): Promise<DemoTab> {
    const tab = new DemoTab(await context.newPage(), demo)
    await tab.page.goto(demo.url)
    await tab.known('travis')
    return tab
  }

  /** Another tab of the same browser. */
  anotherTab(): Promise<DemoTab> {
    return DemoTab.#openIn(this.page.context(), this.demo)
  }

  /** Presses the button, and returns the tab that it opens. */
  async pressForTab(): Promise<DemoTab> {
    const opened = this.page.context().waitForEvent('page')
    await this.page.getByRole('button', { name: 'Open a second tab' }).click()
    const tab = new DemoTab(await opened, this.demo)
    await tab.known('travis')
    return tab
  }

  /** Waits until it is known who is signed in. */
  async known(name: TokensName): Promise<void> {
    await this.panel(name).and(this.page.locator(':not([data-status=pending])')).waitFor()
  }

  /** Moves all clocks on. */
  async skip(ms: number): Promise<void> {
    this.demo.skip(ms)
    await this.page.context().clock.fastForward(ms)
  }

  async close(): Promise<void> {
    await this.page.context().close()
  }

  /** What the browser complained about, except that an answer was an error: the page says that itself. */
  get complaints(): string[] {
    return this.#complaints.filter(text => !text.startsWith('Failed to load resource'))
  }

  panel(name: TokensName): Locator {
    return this.page.getByRole('region', { name: name === 'travis' ? /^Mediated mode/ : /^Proxy mode/ })
  }

  get tabs(): Locator {
    return this.page.getByRole('region', { name: 'Tabs' })
  }

  status(name: TokensName): Locator {
    return this.panel(name).locator('.status')
  }

  button(name: TokensName, label: string): Locator {
    return this.panel(name).getByRole('button', { name: label, exact: true })
  }

  records(name: TokensName, way: 'fetch' | 'axios'): Locator {
    return this.panel(name).getByRole('group', { name: `By ${way}` })
  }

  /** Everything that stands in the lists of records. */
  titles(name: TokensName): Promise<string[]> {
    return this.panel(name).locator('.records strong').allTextContents()
  }

  scriptView(name: TokensName): Locator {
    return this.panel(name).locator('.script-view')
  }

  async fillIn(name: TokensName, { username, password }: ExampleAccount): Promise<void> {
    await this.panel(name).getByLabel('User name').fill(username)
    await this.panel(name)
      .getByLabel(/^Password/)
      .fill(password)
  }

  /** Signs somebody in, and waits for the records of both ways. */
  async signIn(name: TokensName, index: 0 | 1 | 2 = 0): Promise<void> {
    const account = this.demo.account(name, index)
    await this.fillIn(name, account)
    await this.button(name, 'Sign in').click()
    await this.signedIn(name, account.username)
  }

  async signedIn(name: TokensName, username: string): Promise<void> {
    await this.status(name).getByText(`Signed in as ${username}`).waitFor()
    for (const way of ['fetch', 'axios'] as const)
      await this.records(name, way).locator('li').nth(3).waitFor()
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
