import { PageTab } from '@evergrant/page-kit/test-support'
import type { PersonOptions } from '@evergrant/page-kit/test-support'
import type { Browser, Locator, Page } from 'playwright-core'
import { startDemo } from '../start.js'
import type { RunningDemo } from '../start.js'

/** The built demo in its own process, and an emulator. */
export async function startTestDemo(): Promise<RunningDemo & { readonly close: RunningDemo['stop'] }> {
  const demo = await startDemo({ port: 0, env: { PATH: process.env['PATH'] } })
  return { ...demo, close: demo.stop }
}

/** How often the refresh token was used since the journal was cleared. */
export function refreshesAt({ emulator }: RunningDemo): number {
  return emulator.journal.count({ provider: 'travis', kind: 'token', grantType: 'refresh_token' })
}

/** One browser of one person, and the demo's page in it. */
export class Shown extends PageTab {
  readonly demo: RunningDemo

  constructor(page: Page, demo: RunningDemo) {
    super(page, ['error'])
    this.demo = demo
  }

  static async open(browser: Browser, demo: RunningDemo, options?: PersonOptions): Promise<Shown> {
    const shown = new Shown(await Shown.blank(browser, options), demo)
    await shown.page.goto(demo.url)
    return shown
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
}
