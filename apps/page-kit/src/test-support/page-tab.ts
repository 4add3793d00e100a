import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'

/** Options of {@link PageTab.blank}. */
export interface PersonOptions extends BrowserContextOptions {
  /** The tests move the clock of the page. */
  readonly movesClock?: boolean | undefined
}

/** One tab of one person's browser, and what the browser complains about there. */
export class PageTab {
  readonly page: Page
  readonly #complaints: string[] = []

  /** `kinds`: what of the console is a complaint. Default: errors and warnings. */
  constructor(page: Page, kinds: readonly string[] = ['error', 'warning']) {
    this.page = page
    page.setDefaultTimeout(10_000)
    page.on('pageerror', error => this.#complaints.push(error.message))
    page.on('console', message => {
      if (kinds.includes(message.type())) this.#complaints.push(message.text())
    })
  }

  /** A new browser of one person, with nothing in its tab yet. */
  static async blank(
    browser: Browser,
    { movesClock = false, ...options }: PersonOptions = {},
  ): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
    if (movesClock) await context.clock.install()
    return context.newPage()
  }

  async close(): Promise<void> {
    await this.page.context().close()
  }

  /** What the browser complained about, except that an answer was an error: the page says that itself. */
  get complaints(): string[] {
    return this.#complaints.filter(text => !text.startsWith('Failed to load resource'))
  }

  async tabTo(target: Locator, presses = 60): Promise<void> {
    for (let press = 0; press < presses; press += 1) {
      if (await isFocused(target)) return
      await this.page.keyboard.press('Tab')
    }
    throw new Error('Tab never gets there.')
  }
}

export async function isFocused(target: Locator): Promise<boolean> {
  return (await target.and(target.page().locator(':focus')).count()) === 1
}
