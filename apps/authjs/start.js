import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startEmulatorServer } from '@evergrant/emulator/server'

/**
 * @typedef {import('./start.d.ts').DemoOptions} DemoOptions
 *
 * @typedef {import('./start.d.ts').RunningDemo} RunningDemo
 */

const program = fileURLToPath(new URL('serve.js', import.meta.url))
const build = fileURLToPath(new URL('.next/BUILD_ID', import.meta.url))
/** How long the process may take to end by itself, in milliseconds. */
const longestStopMs = 2000

/**
 * Starts the demo in a process of its own, because Next changes globals such as `fetch`, and an emulator of its own:
 * tokens live for 30 seconds there, and refresh tokens rotate strictly.
 * @param {DemoOptions} [options]
 * @returns {Promise<RunningDemo>}
 * @throws {Error} it is not built, or the port cannot be used
 */
export async function startDemo({ port = 3000, host = '127.0.0.1', env = process.env } = {}) {
  if (!existsSync(build)) throw new Error('The Auth.js demo is not built: run its script "build" first.')
  const emulator = await startEmulatorServer()
  const { travis } = emulator.emulator
  travis.setLifetimes({ accessTokenMs: 30_000 })
  travis.configure({ rotation: 'reuse-detection', pkce: 'required' })
  const { tokenEndpoint, apiUrl } = travis.endpoints(emulator.url)
  const { clientId, clientSecret } = travis.credentials.customerClient
  const accounts = travis.credentials.customers.map(({ username, password }) => ({ username, password }))
  const child = fork(program, [], {
    env: {
      AUTH_SECRET: randomBytes(32).toString('base64url'),
      ...env,
      PORT: String(port),
      HOST: host,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      TRAVIS_CLIENT_ID: clientId,
      TRAVIS_CLIENT_SECRET: clientSecret,
      TRAVIS_TOKEN_ENDPOINT: tokenEndpoint,
      TRAVIS_API_URL: apiUrl,
      EXAMPLE_ACCOUNTS: JSON.stringify(accounts),
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise(resolve => child.once('exit', resolve))
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), longestStopMs)
    await ended
    clearTimeout(timer)
    await emulator.close()
  }
  try {
    const url = `http://localhost:${await started(child)}`
    travis.setRedirectUris([`${url}/api/auth/callback/travis`])
    return { url, emulator: emulator.emulator, stop }
  } catch (error) {
    await emulator.close()
    throw error
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} its port
 */
function started(child) {
  return new Promise((resolve, reject) => {
    child.once('message', message => {
      const { port, error } = /** @type {{ port?: number, error?: string }} */ (message)
      if (port === undefined) reject(new Error(`The Auth.js demo did not start: ${error}`))
      else resolve(port)
    })
    child.once('error', reject)
    child.once('exit', code =>
      reject(new Error(`The Auth.js demo ended with code ${code} before it was ready.`)),
    )
  })
}
