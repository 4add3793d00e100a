import { fileURLToPath } from 'node:url'
import { createEmulator } from '@evergrant/emulator'
import { startServer } from '@evergrant/page-kit/next'

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

const dir = fileURLToPath(new URL('.', import.meta.url))

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
  const emulated = emulatorUrl === undefined ? {} : emulatedSettings(emulatorUrl, env)
  const server = await startServer({ dir, title: 'The dashboard', port, host, env: { ...env, ...emulated } })
  return { url: `http://${host}:${server.port}`, stop: server.stop }
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
