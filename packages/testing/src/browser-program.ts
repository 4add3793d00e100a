import { findProgram } from './machine-program.ts'

/** A browser of the machine, and how playwright launches it. */
export interface BrowserProgram {
  readonly engine: 'chromium' | 'firefox'
  readonly options: {
    readonly executablePath: string
    /** Firefox as its distributors build it is driven by WebDriver BiDi. */
    readonly channel?: string
    readonly args?: string[]
  }
}

const chromiumArgs = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
]

/**
 * Finds the browser for tests of pages: the one that `EVERGRANT_BROWSER` names (`chromium` or `firefox`; default
 * `chromium`). Undefined: the machine has none, and the tests are to be skipped, as with {@link findProgram}.
 * @throws {Error} it is missing and `CI` is `true`, or the name is none of these
 * @example
 * const browser = await playwright[program.engine].launch(program.options)
 */
export function findBrowser(): BrowserProgram | undefined {
  const engine = process.env['EVERGRANT_BROWSER'] ?? 'chromium'
  if (engine === 'chromium') {
    const executablePath = findProgram('chromium')
    return executablePath === undefined
      ? undefined
      : { engine, options: { executablePath, args: chromiumArgs } }
  }
  if (engine !== 'firefox') throw new Error(`EVERGRANT_BROWSER must be chromium or firefox, not "${engine}".`)
  const executablePath = findProgram('firefox-esr', 'firefox')
  if (executablePath === undefined) return undefined
  return { engine, options: { executablePath, channel: 'moz-firefox' } }
}
