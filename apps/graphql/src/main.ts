import { readPort, runDemo } from './run.ts'

// Whatever still runs then is of no use without this process's memory.
const longestStopMs = 1000

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

async function start(): ReturnType<typeof runDemo> {
  return runDemo({ port: readPort(process.env['PORT']), onError: error => console.error(error) })
}

async function stop(starting: ReturnType<typeof runDemo>): Promise<never> {
  setTimeout(() => process.exit(0), longestStopMs)
  // If it never started, its own failure has been told.
  await starting.then(demo => demo.stop()).catch(() => {})
  process.exit(0)
}

const running = start()
process.once('SIGINT', () => void stop(running))
process.once('SIGTERM', () => void stop(running))
running
  .then(({ url }) =>
    console.log(`${url}\nAll providers are emulated, and access tokens live for 30 seconds.`),
  )
  .catch(fail)
