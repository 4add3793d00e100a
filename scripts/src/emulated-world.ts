// Preloaded before an example runs: the emulator answers instead of the network, and knows the credentials.
import { createEmulator } from '@evergrant/emulator'

const emulator = createEmulator()
const { customers } = emulator.travis.credentials
globalThis.fetch = emulator.fetch
Object.assign(process.env, {
  TRUPHONE_CLIENT_ID: emulator.truphone.credentials.clientId,
  TRUPHONE_CLIENT_SECRET: emulator.truphone.credentials.clientSecret,
  TRAVIS_CLIENT_ID: customers[0].clientId,
  TRAVIS_CLIENT_SECRET: customers[0].clientSecret,
  TRAVIS_USERNAME: customers[0].username,
  TRAVIS_PASSWORD: customers[0].password,
  TRAVIS_API_URL: emulator.travis.endpoints().apiUrl,
})
