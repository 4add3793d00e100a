import { findBrowser } from '@evergrant/testing/machine'
import playwright from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { Site } from './site.test-support.ts'
import type { PageGlobals } from './site.test-support.ts'

/** The machine's browser; undefined: there is none, and the tests with it are skipped. */
export const browserProgram: ReturnType<typeof findBrowser> = findBrowser()

/** The tabs of one browser that show a site. */
export class SiteTabs {
  readonly site: Site
  readonly context: BrowserContext
  readonly pages: Page[] = []

  constructor(site: Site, context: BrowserContext) {
    this.site = site
    this.context = context
  }

  static async start(browser: Browser): Promise<SiteTabs> {
    return new SiteTabs(await Site.start(), await browser.newContext())
  }

  async open(): Promise<Page> {
    const page = await this.context.newPage()
    page.setDefaultTimeout(10_000)
    await page.goto(this.site.url)
    await page.waitForFunction(() => 'tokens' in globalThis)
    this.pages.push(page)
    return page
  }

  /** Lets time pass everywhere. */
  async skip(ms: number): Promise<void> {
    this.site.aheadMs += ms
    await Promise.all(
      this.pages.map(page => page.evaluate(by => (globalThis as never as PageGlobals).skip(by), ms)),
    )
  }

  async close(): Promise<void> {
    await this.context.close()
    this.site.close()
  }
}

/** Calls `getAccessToken` in a page; returns the different answers and how long it took there, in milliseconds. */
export function askForTokens(page: Page, callers = 1): Promise<{ tokens: string[]; tookMs: number }> {
  return page.evaluate(async count => {
    const { tokens } = globalThis as never as PageGlobals
    const startedAt = performance.now()
    const ask = (): Promise<string> =>
      tokens.getAccessToken().catch((error: unknown) => (error as { code: string }).code)
    const answers = await Promise.all(Array.from({ length: count }, ask))
    return { tokens: [...new Set(answers)], tookMs: performance.now() - startedAt }
  }, callers)
}

export function launchBrowser(): Promise<Browser> {
  if (browserProgram === undefined) throw new Error('This machine has no browser for tests.')
  const { engine, options } = browserProgram
  // The back-forward cache is what is tested.
  return playwright[engine].launch({ ...options, ignoreDefaultArgs: ['--disable-back-forward-cache'] })
}
