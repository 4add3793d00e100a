import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import { engine, PageTab, program } from '@evergrant/page-kit/test-support'
import type { PersonOptions } from '@evergrant/page-kit/test-support'
import { firefox } from 'playwright-core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { startDashboard } from '../start.js'

/** A browser that keeps no cookies, as a person may set it up. The directory has to be new. */
export async function launchWithoutCookies(directory: string): Promise<BrowserContext> {
  await mkdir(join(directory, 'Default'))
  const profile = { default_content_setting_values: { cookies: 2 } }
  await writeFile(join(directory, 'Default', 'Preferences'), JSON.stringify({ profile }))
  const preferences = engine === firefox ? { firefoxUserPrefs: { 'network.cookie.cookieBehavior': 2 } } : {}
  return engine.launchPersistentContext(directory, { ...program?.options, ...preferences })
}

/** The built dashboard in its own process, and an emulator. */
export class TestDashboard {
  readonly url: string
  readonly #emulator: EmulatorServer
  readonly #stop: () => Promise<void>

  private constructor(url: string, emulator: EmulatorServer, stop: () => Promise<void>) {
    this.url = url
    this.#emulator = emulator
    this.#stop = stop
  }

  static async start(): Promise<TestDashboard> {
    const emulator = await startEmulatorServer()
    const { url, stop } = await startDashboard({
      port: 0,
      emulatorUrl: emulator.url,
      env: { PATH: process.env['PATH'] },
    })
    return new TestDashboard(url, emulator, stop)
  }

  get emulator(): EmulatorServer['emulator'] {
    return this.#emulator.emulator
  }

  get travis(): EmulatorServer['emulator']['travis'] {
    return this.emulator.travis
  }

  /** How often the refresh token was used since the journal was cleared. */
  get refreshes(): number {
    return this.emulator.journal.count({ provider: 'travis', kind: 'token', grantType: 'refresh_token' })
  }

  /** Makes the servers well-behaved again. */
  reset(): void {
    for (const provider of [this.travis, this.emulator.truphone]) {
      provider.faults.clear()
      provider.refuseAllAccessTokens(false)
    }
    this.travis.setLifetimes({ accessTokenMs: 300_000, refreshTokenMs: 90 * 86_400_000 })
    this.emulator.journal.clear()
  }

  async close(): Promise<void> {
    await this.#stop()
    await this.#emulator.close()
  }
}

/** One browser of one person, and the dashboard's page in it. */
export class FleetPage extends PageTab {
  readonly dashboard: TestDashboard

  constructor(page: Page, dashboard: TestDashboard) {
    super(page, ['error'])
    this.dashboard = dashboard
  }

  static async open(browser: Browser, dashboard: TestDashboard, options?: PersonOptions): Promise<FleetPage> {
    const shown = new FleetPage(await FleetPage.blank(browser, options), dashboard)
    await shown.goTo('/')
    return shown
  }

  /** Another tab of the same browser, once it hears what happens to whoever is signed in. */
  async openTab(): Promise<FleetPage> {
    const tab = new FleetPage(await this.page.context().newPage(), this.dashboard)
    const listening = tab.page.waitForResponse('**/api/events')
    await tab.goTo('/')
    await listening
    return tab
  }

  async goTo(path: string): Promise<void> {
    await this.page.goto(this.dashboard.url + path)
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name })
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, level: 1 })
  }

  get vehicles(): Locator {
    return this.page.getByRole('radio')
  }

  get marks(): Locator {
    return this.page.getByRole('group', { name: /^Where the vehicles/ }).getByRole('button')
  }

  /** The trouble that the page tells. */
  get notice(): Locator {
    return this.page.locator('.notice')
  }

  async fillIn(username: string, password: string): Promise<void> {
    await this.page.getByLabel('User name').fill(username)
    await this.page.getByLabel('Password', { exact: true }).fill(password)
  }

  /** Signs one of the three customers in, and waits for the vehicles. */
  async signIn(customer: 0 | 1 | 2 = 0): Promise<void> {
    const { username, password } = this.dashboard.travis.credentials.customers[customer]
    await this.fillIn(username, password)
    await this.button('Sign in').click()
    await this.heading('Vehicles').waitFor()
  }

  /** Asks TRAVIS now, and waits for the answer. */
  async askAgain(): Promise<void> {
    const answered = this.page.waitForResponse('**/api/travis/vehicles*')
    await this.button('Ask again').click()
    await answered
  }
}
