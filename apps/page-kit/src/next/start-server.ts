import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Options of {@link startServer}. */
export interface StartServerOptions {
  /** The application: its `serve.js` calls `serveNext`, and `.next` is its build. */
  readonly dir: string
  /** What it is called where it does not start: `The dashboard`. */
  readonly title: string
  /** 0 takes any free one. */
  readonly port: number
  readonly host: string
  readonly env: Environment
}

/** An application of Next while its process runs. */
export interface RunningServer {
  readonly port: number
  /** Resolves when the process has ended. */
  readonly stop: () => Promise<void>
}

/** How long the process may take to end by itself. */
const longestStopMs = 2000

/**
 * Starts an application in a process of its own, because Next changes globals such as `fetch`.
 * @throws {Error} it is not built, or the port cannot be used
 */
export async function startServer({
  dir,
  title,
  port,
  host,
  env,
}: StartServerOptions): Promise<RunningServer> {
  if (!existsSync(join(dir, '.next/BUILD_ID')))
    throw new Error(`${title} is not built: run its script "build" first.`)
  const own = {
    PORT: String(port),
    HOST: host,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  } as const
  const child = fork(join(dir, 'serve.js'), [], {
    env: { ...env, ...own },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise(resolve => child.once('exit', resolve))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), longestStopMs)
    await ended
    clearTimeout(timer)
  }
  return { port: await portOf(child, title), stop }
}

function portOf(child: ChildProcess, title: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', message => {
      const { port, error } = message as { readonly port?: number; readonly error?: string }
      if (port === undefined) reject(new Error(`${title} did not start: ${error}`))
      else resolve(port)
    })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${title} ended with code ${code} before it was ready.`)))
  })
}
