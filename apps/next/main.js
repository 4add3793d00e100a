// Starts the dashboard alone: PORT, and EMULATOR_URL or the providers' own variables.
import { startEmulatorServer } from '@evergrant/emulator/server'
import { startDashboard } from './start.js'

const { PORT = '', EMULATOR_URL = '', TRAVIS_CLIENT_ID = '', TRUPHONE_CLIENT_ID = '' } = process.env

/** @returns {Promise<() => Promise<void>>} */
async function run() {
  const needsEmulator = EMULATOR_URL === '' && (TRAVIS_CLIENT_ID === '' || TRUPHONE_CLIENT_ID === '')
  const emulator = needsEmulator ? await startEmulatorServer() : undefined
  const emulatorUrl = EMULATOR_URL === '' ? emulator?.url : EMULATOR_URL
  const port = PORT === '' ? 3000 : Number(PORT)
  const dashboard = await startDashboard({ port, ...(emulatorUrl === undefined ? {} : { emulatorUrl }) })
  console.log(dashboard.url)
  return async () => {
    await dashboard.stop()
    await emulator?.close()
  }
}

const running = run()
running.catch((/** @type {unknown} */ error) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
})
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void running.then(stop => stop()).finally(() => process.exit(0)))
