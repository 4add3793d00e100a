// Starts the demo alone, on PORT.
import { startDemo } from './start.js'

const { PORT = '' } = process.env
const running = startDemo({ port: PORT === '' ? 3000 : Number(PORT) })
running.then(
  ({ url }) => console.log(url),
  (/** @type {unknown} */ error) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  },
)
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void running.then(({ stop }) => stop()).finally(() => process.exit(0)))
