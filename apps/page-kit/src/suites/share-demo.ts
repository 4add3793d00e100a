import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { launchBrowser } from '../test-support/machine-browser.ts'

/** What the tests of one `describe` share. */
export interface SharedDemo<Demo> {
  readonly browser: Browser
  readonly demo: Demo
}

interface Closable {
  readonly close: () => Promise<void>
  /** What the demo did not expect. */
  readonly faults?: readonly unknown[] | undefined
}

/** Starts one browser and one demo before the tests and ends them behind; the demo may have met nothing unexpected. */
export function shareDemo<Demo extends Closable>(start: () => Promise<Demo>): SharedDemo<Demo> {
  let shared: SharedDemo<Demo> | undefined
  beforeAll(async () => {
    const [browser, demo] = await Promise.all([launchBrowser(), start()])
    shared = { browser, demo }
  })
  afterAll(async () => {
    await shared?.browser.close()
    await shared?.demo.close()
    expect(shared?.demo.faults ?? []).toEqual([])
  })
  const known = (): SharedDemo<Demo> => {
    if (shared === undefined) throw new Error('The demo runs while tests do, and at no other time.')
    return shared
  }
  return {
    get browser() {
      return known().browser
    },
    get demo() {
      return known().demo
    },
  }
}
