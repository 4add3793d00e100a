import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startEmulatorServer } from '@evergrant/emulator/server'
import { startServer } from '@evergrant/page-kit/next'

/**
 * @typedef {import('./start.d.ts').DemoOptions} DemoOptions
 *
 * @typedef {import('./start.d.ts').RunningDemo} RunningDemo
 */

const dir = fileURLToPath(new URL('.', import.meta.url))

/**
 * Starts the demo in a process of its own, because Next changes globals such as `fetch`, and an emulator of its own:
 * tokens live for 30 seconds there, and refresh tokens rotate strictly.
 * @param {DemoOptions} [options]
 * @returns {Promise<RunningDemo>}
 * @throws {Error} it is not built, or the port cannot be used
 */
export async function startDemo({ port = 3000, host = '127.0.0.1', env = process.env } = {}) {
  const emulator = await startEmulatorServer()
  const { travis } = emulator.emulator
  travis.setLifetimes({ accessTokenMs: 30_000 })
  travis.configure({ rotation: 'reuse-detection', pkce: 'required' })
  const { tokenEndpoint, apiUrl } = travis.endpoints(emulator.url)
  const { clientId, clientSecret } = travis.credentials.customerClient
  const accounts = travis.credentials.customers.map(({ username, password }) => ({ username, password }))
  try {
    const server = await startServer({
      dir,
      title: 'The Auth.js demo',
      port,
      host,
      env: {
        AUTH_SECRET: randomBytes(32).toString('base64url'),
        ...env,
        TRAVIS_CLIENT_ID: clientId,
        TRAVIS_CLIENT_SECRET: clientSecret,
        TRAVIS_TOKEN_ENDPOINT: tokenEndpoint,
        TRAVIS_API_URL: apiUrl,
        EXAMPLE_ACCOUNTS: JSON.stringify(accounts),
      },
    })
    const url = `http://localhost:${server.port}`
    travis.setRedirectUris([`${url}/api/auth/callback/travis`])
    const stop = async () => {
      await server.stop()
      await emulator.close()
    }
    return { url, emulator: emulator.emulator, stop }
  } catch (error) {
    await emulator.close()
    throw error
  }
}
