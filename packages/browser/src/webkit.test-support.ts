import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

/** The programs of the machine that are needed. */
export interface WebKitPrograms {
  /** `WebKitWebDriver` of WebKitGTK, which starts the MiniBrowser that lies beside its library. */
  readonly driver: string
  /** `Xvfb`: WebKitGTK has no mode without a display. */
  readonly display: string
}

/** WebKitGTK, driven by WebDriver. All windows share one session of the browser. @see https://www.w3.org/TR/webdriver2/ */
export class WebKit {
  readonly #processes: readonly ChildProcess[]
  readonly #url: string

  private constructor(processes: readonly ChildProcess[], url: string) {
    this.#processes = processes
    this.#url = url
  }

  static async start(programs: WebKitPrograms): Promise<WebKit> {
    const display = spawn(programs.display, ['-displayfd', '3', '-screen', '0', '1024x768x24'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    const [number] = (await once(display.stdio[3] as Readable, 'data')) as [Buffer]
    const port = await freePort()
    const driver = spawn(programs.driver, [`--port=${port}`, '--host=127.0.0.1'], {
      stdio: 'ignore',
      env: {
        ...process.env,
        DISPLAY: `:${number.toString().trim()}`,
        // Its sandbox needs rights that a container does not give; it sees nothing but the site of the tests.
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        LIBGL_ALWAYS_SOFTWARE: '1',
      },
    })
    const root = `http://127.0.0.1:${port}/session`
    try {
      await untilListening(`http://127.0.0.1:${port}/status`)
      const { sessionId } = (await send('POST', root, { capabilities: {} })) as { sessionId: string }
      return new WebKit([driver, display], `${root}/${sessionId}`)
    } catch (error) {
      driver.kill()
      display.kill()
      throw error
    }
  }

  /** Opens a window that shows `url`; returns its name. */
  async open(url: string): Promise<string> {
    const { handle } = (await send('POST', `${this.#url}/window/new`, { type: 'tab' })) as { handle: string }
    await send('POST', `${this.#url}/window`, { handle })
    await send('POST', `${this.#url}/url`, { url })
    return handle
  }

  /** Runs the body of an asynchronous function in a window; returns what it returns. */
  async run(handle: string, body: string, ...given: unknown[]): Promise<unknown> {
    await send('POST', `${this.#url}/window`, { handle })
    const script = `const done = arguments[arguments.length - 1], given = [...arguments].slice(0, -1)
      ;(async () => { ${body} })().then(done, error => done(String(error)))`
    return send('POST', `${this.#url}/execute/async`, { script, args: given })
  }

  async close(): Promise<void> {
    await send('DELETE', this.#url).catch(() => undefined)
    for (const program of this.#processes) program.kill()
  }
}

async function send(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: unknown }
  if (!response.ok) throw new Error(`WebKitWebDriver answered ${response.status}: ${JSON.stringify(value)}`)
  return value
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function untilListening(url: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return
    await pause(100)
  }
  throw new Error(`Nothing listens at ${url}.`)
}
