import { Emulated, PageTab } from '@evergrant/page-kit/test-support'
import type { ExampleAccount } from '@evergrant/page-kit/server'
import type { PersonOptions } from '@evergrant/page-kit/test-support'
import type { Browser, Locator, Page } from 'playwright-core'
import type { ClientName } from './page/fleet-client.ts'
import type { FleetCounts } from './page/fleet-stats.ts'
import { runDemo } from './run.ts'
import type { RunningGraphQLDemo } from './run.ts'
import type { TokensName } from './settings.ts'

/** The demo and an emulator on free ports, with one clock that tests move. */
export class TestDemo extends Emulated<RunningGraphQLDemo> {
  /** `positionEveryMs`: between two events of the subscription; tests have no time for the demo's own 400. */
  static async start(pageDirectory?: string, positionEveryMs = 100): Promise<TestDemo> {
    return new TestDemo(
      await TestDemo.run(options => runDemo({ ...options, pageDirectory, positionEveryMs })),
    )
  }

  get graphqlUrl(): string {
    return this.demo.graphqlUrl
  }

  account(index: 0 | 1 | 2 = 0): ExampleAccount {
    return this.emulator.travis.credentials.customers[index]
  }

  /** How often a customer's refresh token was used since the journal was cleared. */
  get refreshes(): number {
    const { clientId } = this.emulator.travis.credentials.customerClient
    const used = this.emulator.journal.entries({ provider: 'travis', grantType: 'refresh_token' })
    return used.filter(entry => entry.clientId === clientId).length
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
    const tab = new DemoTab(await DemoTab.blank(browser, options), demo)
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
}
