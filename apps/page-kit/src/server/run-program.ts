// Whatever still runs then is of no use without this process's memory.
const longestStopMs = 1000

interface Stoppable {
  readonly stop: () => Promise<void>
}

/** Runs a demo as a program: says what `greet` returns once it has started, and ends with Ctrl-C or with one sentence. */
export function runProgram<Demo extends Stoppable>(
  start: () => Promise<Demo>,
  greet: (demo: Demo) => string,
): void {
  const running = start()
  process.once('SIGINT', () => void stop(running))
  process.once('SIGTERM', () => void stop(running))
  running.then(demo => void process.stdout.write(`${greet(demo)}\n`)).catch(fail)
}

async function stop(starting: Promise<Stoppable>): Promise<never> {
  setTimeout(() => process.exit(0), longestStopMs)
  // If it never started, its own failure has been told.
  await starting.then(demo => demo.stop()).catch(() => {})
  process.exit(0)
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
