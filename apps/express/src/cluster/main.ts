import { runCluster } from './run-cluster.ts'

// The gateways take less; whatever still runs then is ended by force.
const longestStopMs = 3000

let isStopping = false

function fail(error: unknown): void {
  // Ctrl-C may reach a gateway that has only just begun, and that is no fault.
  if (isStopping) return
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

async function stop(exitCode: number): Promise<void> {
  // The gateways end one after the other then, and that is not why.
  if (isStopping) return
  isStopping = true
  setTimeout(() => process.exit(exitCode), longestStopMs)
  // If it never started, its own failure has been told.
  await running.then(cluster => cluster.stop()).catch(() => {})
  process.exit(exitCode)
}

const running = runCluster(process.env, sentence => console.error(sentence))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0))
running
  .then(async cluster => {
    console.log(cluster.banner)
    await cluster.ended
    await stop(1)
  })
  .catch(fail)
