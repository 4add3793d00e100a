import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { buildPage } from '../build/build-page.ts'
import { launchBrowser, program } from '../test-support/machine-browser.ts'
import { PageTab } from '../test-support/page-tab.ts'

/** Options of {@link developmentSuite}. */
export interface DevelopmentSuiteOptions<Demo> {
  /** The application. */
  readonly root: URL
  /** What `use` does, for the title. */
  readonly what: string
  /** Starts the demo over the page in that directory. */
  readonly start: (pageDirectory: string) => Promise<Demo>
  /** Opens the page in a blank tab, uses all of it, and returns what the browser complained about. */
  readonly use: (blank: Page, demo: Demo) => Promise<readonly string[]>
}

/** Tests that React's development build, which warns, has nothing to warn of. */
export function developmentSuite<Demo extends { readonly close: () => Promise<void> }>({
  root,
  what,
  start,
  use,
}: DevelopmentSuiteOptions<Demo>): void {
  const title = `React’s development build has nothing to complain of: ${what}`
  test.skipIf(program === undefined)(title, async () => {
    const outDir = await mkdtemp(join(tmpdir(), 'evergrant-page-'))
    try {
      await buildPage({ root: fileURLToPath(root), outDir, mode: 'development' })
      const [browser, demo] = await Promise.all([launchBrowser(), start(outDir)])
      try {
        const blank = await PageTab.blank(browser)
        const scripts = scriptsOf(blank)
        expect(await use(blank, demo)).toEqual([])
        // Only React's development build knows these words.
        expect(scripts.join('')).toContain("didn't match the client properties")
      } finally {
        await browser.close()
        await demo.close()
      }
    } finally {
      await rm(outDir, { recursive: true })
    }
  })
}

/** The scripts that a tab loads, as they come. */
function scriptsOf(page: Page): readonly string[] {
  const scripts: string[] = []
  page.on('response', async response => {
    if (response.url().endsWith('.js')) scripts.push(await response.text().catch(() => ''))
  })
  return scripts
}
