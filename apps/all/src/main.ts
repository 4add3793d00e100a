import { runAll } from './run-all.ts'

// Whatever still runs then (a token request to a slow server) is of no use without this process's memory.
const longestStopMs = 1000

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

async function stop(starting: ReturnType<typeof runAll>): Promise<never> {
  setTimeout(() => process.exit(0), longestStopMs)
  // If it never started, its own failure has been told.
  await starting.then(applications => applications.stop()).catch(() => {})
  process.exit(0)
}

const running = runAll(process.env, error => console.error(error))
process.once('SIGINT', () => void stop(running))
process.once('SIGTERM', () => void stop(running))
running.then(applications => console.log(applications.overview)).catch(fail)
