import { fileURLToPath } from 'node:url'
import { listenOn, overEmulator, requirePage, servePage } from '@evergrant/page-kit/server'
import type { RunDemoOptions, RunningDemo } from '@evergrant/page-kit/server'
import { createDemo } from './demo.ts'
import { serveGraphQL } from './serve-graphql.ts'

/** Options of {@link runDemo}. The GraphQL server takes any free port. */
export interface RunGraphQLDemoOptions extends RunDemoOptions {
  /** How long customers' access tokens live, in milliseconds. Default 30 000. */
  readonly accessTokenMs?: number | undefined
  /** Between two live positions, in milliseconds. Default 400. */
  readonly positionEveryMs?: number | undefined
}

/** The demo while it runs. */
export interface RunningGraphQLDemo extends RunningDemo {
  readonly graphqlUrl: string
}

/**
 * Starts the demo on loopback: the page, the GraphQL server, and unless it is given one, an emulator.
 * @throws {Error} the page is not built, or the port cannot be used; the message says what to do
 */
export async function runDemo(options: RunGraphQLDemoOptions): Promise<RunningGraphQLDemo> {
  const { port = 3000, accessTokenMs = 30_000, pageDirectory = builtPage, clock, onError } = options
  requirePage(pageDirectory, 'GraphQL')
  return overEmulator(options.emulator, async (running, stops) => {
    running.emulator.travis.setLifetimes({ accessTokenMs })
    const pageOrigins: string[] = [...(options.origins ?? [])]
    const { positionEveryMs } = options
    const api = serveGraphQL({ running, pageOrigins, clock, positionEveryMs, onError })
    stops.push(api.close)
    const graphqlUrl = `${(await listenOn(api.server, 0)).url}/graphql`
    const demo = createDemo({ running, graphqlUrl, accessTokenMs, pageDirectory, clock, onError })
    const page = await servePage(demo, port, stops)
    pageOrigins.push(...page.origins)
    return { url: page.url, graphqlUrl }
  })
}

// Beside `src` and beside the compiled `dist/run.js` alike.
const builtPage = fileURLToPath(new URL('../dist/page', import.meta.url))
