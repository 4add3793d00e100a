import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Checks that a page is built.
 * @throws {Error} it is not; the message says what to do
 */
export function requirePage(directory: string, demo: string): void {
  if (!existsSync(join(directory, 'index.html')))
    throw new Error(`The page of the ${demo} demo is not built: run its script "build" first.`)
}
