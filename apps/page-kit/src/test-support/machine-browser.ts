import { findBrowser } from '@evergrant/testing/machine'
import type { BrowserProgram } from '@evergrant/testing/machine'
import { chromium, firefox } from 'playwright-core'
import type { Browser, BrowserType } from 'playwright-core'

/** The machine's browser; undefined: there is none, and the tests of pages are skipped. */
export const program: BrowserProgram | undefined = findBrowser()

/** What drives the machine's browser. */
export const engine: BrowserType = program?.engine === 'firefox' ? firefox : chromium

export function launchBrowser(): Promise<Browser> {
  return engine.launch(program?.options)
}
