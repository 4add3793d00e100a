import { findBrowser } from '@evergrant/testing/machine'
import type { BrowserProgram } from '@evergrant/testing/machine'
import { chromium, firefox } from 'playwright-core'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { startDemo } from '../start.js'
import type { RunningDemo } from '../start.js'

/** The machine's browser; undefined: there is none, and the tests of the page are skipped. */
export const program: BrowserProgram | undefined = findBrowser()

const engine = program?.engine === 'firefox' ? firefox : chromium

export function launchBrowser(): Promise<Browser> {
  return engine.launch(program?.options)
}

export function startTestDemo(): Promise<RunningDemo> {
  return startDemo({ port: 0, env: { PATH: process.env['PATH'] } })
}

/** How often the refresh token was used since the journal was cleared. */
export function refreshesAt({ emulator }: RunningDemo): number {
  return emulator.journal.count({ provider: 'travis', kind: 'token', grantType: 'refresh_token' })
}

/** One browser of one person, and the demo's page in it. */
export class Shown {
  readonly page: Page
  readonly demo: RunningDemo
  readonly #complaints: string[] = []

  constructor(page: Page, demo: RunningDemo) {
    this.page = page
    this.demo = demo
    page.setDefaultTimeout(10_000)
    page.on('pageerror', error => this.#complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') this.#complaints.push(message.text())
    })
  }

  static async open(
    browser: Browser,
    demo: RunningDemo,
    options: BrowserContextOptions = {},
  ): Promise<Shown> {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    const shown = new Shown(await context.newPage(), demo)
    await shown.page.goto(demo.url)
    return shown
  }

  async close(): Promise<void> {
    await this.page.context().close()
  }

  /** What the browser complained about, except that an answer was an error: the page says that itself. */
  get complaints(): string[] {
    return this.#complaints.filter(text => !text.startsWith('Failed to load resource'))
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name })
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name, level: 1 })
  }

  region(name: string): Locator {
    return this.page.getByRole('region', { name })
  }

  /** Goes to TRAVIS' own page, and no further. */
  async goToLogIn(): Promise<void> {
    await this.button('Sign in with TRAVIS').click()
    await this.page.getByLabel('Password').waitFor()
  }

  async logIn(customer: 0 | 1 | 2 = 0): Promise<void> {
    const { username, password } = this.demo.emulator.travis.credentials.customers[customer]
    await this.page.getByLabel('User name').fill(username)
    await this.page.getByLabel('Password').fill(password)
    await this.button('Sign in').click()
    await this.heading('Vehicles').waitFor()
  }

  async signIn(customer: 0 | 1 | 2 = 0): Promise<void> {
    await this.goToLogIn()
    await this.logIn(customer)
  }

  async tabTo(target: Locator, presses = 40): Promise<void> {
    for (let press = 0; press < presses; press += 1) {
      if ((await target.and(this.page.locator(':focus')).count()) === 1) return
      await this.page.keyboard.press('Tab')
    }
    throw new Error('Tab never gets there.')
  }

  // A program as text: these tests are compiled without the page's own scripts.
  isTooWide(): Promise<boolean> {
    return this.page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
  }
}
