import { fileURLToPath } from 'node:url'
import { overEmulator, requirePage, servePage } from '@evergrant/page-kit/server'
import type { RunDemoOptions, RunningDemo } from '@evergrant/page-kit/server'
import { createDemo } from './demo.ts'

/**
 * Starts the demo on loopback.
 * @throws {Error} the page is not built, or the port cannot be used; the message says what to do
 */
export async function runDemo(options: RunDemoOptions): Promise<RunningDemo> {
  const { port = 3000, pageDirectory = builtPage, clock, origins = [], onError } = options
  requirePage(pageDirectory, 'React')
  return overEmulator(options.emulator, async (running, stops) => {
    const page = await servePage(createDemo({ running, pageDirectory, clock, onError }), port, stops)
    // In mediated mode the page calls the API itself, which lives at another origin.
    running.emulator.travis.setPageOrigins([...page.origins, ...origins])
    return { url: page.url }
  })
}

// Beside `src` and beside the compiled `dist/run.js` alike.
const builtPage = fileURLToPath(new URL('../dist/page', import.meta.url))
