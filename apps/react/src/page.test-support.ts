import { Emulated, PageTab } from '@evergrant/page-kit/test-support'
import type { ExampleAccount } from '@evergrant/page-kit/server'
import type { RunningDemo } from '@evergrant/page-kit/server'
import type { PersonOptions } from '@evergrant/page-kit/test-support'
import type { Browser, Locator, Page } from 'playwright-core'
import { runDemo } from './run.ts'
import type { TokensName } from './settings.ts'

/** The demo and an emulator on free ports, with one clock that tests move. */
export class TestDemo extends Emulated<RunningDemo> {
  static async start(pageDirectory?: string): Promise<TestDemo> {
    return new TestDemo(await TestDemo.run(options => runDemo({ ...options, pageDirectory })))
  }

  /** Where the emulated API is. */
  get apiOrigin(): string {
    return this.demo.emulator.url
  }

  account(name: TokensName, index: 0 | 1 | 2 = 0): ExampleAccount {
    const { teamServer, travis } = this.emulator
    return name === 'teamServer' ? teamServer.credentials : travis.credentials.customers[index]
  }

  /** How often the refresh token was used since the journal was cleared. */
  get refreshes(): number {
    return this.emulator.journal.count({ kind: 'token', grantType: 'refresh_token' })
  }
}

/** One tab with the page. */
export class DemoTab extends PageTab {
  readonly demo: TestDemo

  constructor(page: Page, demo: TestDemo) {
    super(page)
    this.demo = demo
  }

  /** A new browser of one person. With `movesClock`, `skip` moves the clock of the page, too. */
  static async open(browser: Browser, demo: TestDemo, options?: PersonOptions): Promise<DemoTab> {
    return DemoTab.#openIn(await DemoTab.blank(browser, options), demo)
  }

  static async #openIn(page: Page, demo: TestDemo): Promise<DemoTab> {
    const tab = new DemoTab(page, demo)
    await tab.page.goto(demo.url)
    await tab.known('travis')
    return tab
  }

  /** Another tab of the same browser. */
  async anotherTab(): Promise<DemoTab> {
    return DemoTab.#openIn(await this.page.context().newPage(), this.demo)
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
}
