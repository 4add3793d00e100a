import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@evergrant/emulator'

/**
 * @typedef {Readonly<Record<string, string | undefined>>} Environment
 *
 * @typedef {object} DashboardOptions
 * @property {number} [port] default 3000; 0 takes any free one
 * @property {string} [host] default `127.0.0.1`
 * @property {string} [emulatorUrl] where the emulator listens; providers without credentials in `env` are asked there
 * @property {Environment} [env] default `process.env`
 *
 * @typedef {object} RunningDashboard
 * @property {string} url without a slash at its end
 * @property {() => Promise<void>} stop resolves when the process has ended
 */

const program = fileURLToPath(new URL('serve.js', import.meta.url))
const build = fileURLToPath(new URL('.next/BUILD_ID', import.meta.url))
/** How long the process may take to end by itself, in milliseconds. */
const longestStopMs = 2000

/**
 * Starts the dashboard in a process of its own, because Next changes globals such as `fetch`.
 * @param {DashboardOptions} [options]
 * @returns {Promise<RunningDashboard>}
 * @throws {Error} it is not built, or the port cannot be used
 */
export async function startDashboard({
  port = 3000,
  host = '127.0.0.1',
  emulatorUrl,
  env = process.env,
} = {}) {
  if (!existsSync(build)) throw new Error('The dashboard is not built: run its script "build" first.')
  /** @type {NodeJS.ProcessEnv} */
  const own = { PORT: String(port), HOST: host, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  const emulated = emulatorUrl === undefined ? {} : emulatedSettings(emulatorUrl, env)
  const child = fork(program, [], {
    env: { ...env, ...emulated, ...own },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise(resolve => child.once('exit', resolve))
  const actualPort = await started(child)
  return {
    url: `http://${host}:${actualPort}`,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), longestStopMs)
      await ended
      clearTimeout(timer)
    },
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
      if (port === undefined) reject(new Error(`The dashboard did not start: ${error}`))
      else resolve(port)
    })
    child.once('error', reject)
    child.once('exit', code =>
      reject(new Error(`The dashboard ended with code ${code} before it was ready.`)),
    )
  })
}

/**
 * The settings of an emulator's providers, for those that `env` says nothing about. Its credentials are visibly fake.
 * @param {string} url
 * @param {Environment} env
 * @returns {Record<string, string>}
 */
export function emulatedSettings(url, env) {
  const { travis, truphone } = createEmulator()
  const settings = /** @type {Record<string, string>} */ ({})
  if ((env['TRAVIS_CLIENT_ID'] ?? '') === '') {
    Object.assign(settings, settingsOf('TRAVIS', travis.credentials.customerClient, travis.endpoints(url)))
    const accounts = travis.credentials.customers.map(({ username, password }) => ({ username, password }))
    settings['EXAMPLE_ACCOUNTS'] = JSON.stringify(accounts)
  }
  if ((env['TRUPHONE_CLIENT_ID'] ?? '') === '')
    Object.assign(settings, settingsOf('TRUPHONE', truphone.credentials, truphone.endpoints(url)))
  return settings
}

/**
 * @param {string} prefix
 * @param {{ clientId: string, clientSecret: string }} client
 * @param {{ tokenEndpoint: string, apiUrl: string }} endpoints
 */
function settingsOf(prefix, client, endpoints) {
  return {
    [`${prefix}_CLIENT_ID`]: client.clientId,
    [`${prefix}_CLIENT_SECRET`]: client.clientSecret,
    [`${prefix}_TOKEN_ENDPOINT`]: endpoints.tokenEndpoint,
    [`${prefix}_API_URL`]: endpoints.apiUrl,
  }
}
