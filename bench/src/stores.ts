// Measures how long after an expiry every process has the fresh token, and what that costs the store.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { startBackends, storeNames } from '../../packages/stores/src/proofs/backends.test-support.ts'
import type { StoreAddress } from '../../packages/stores/src/proofs/connect-store.test-support.ts'
import { StoresProcess } from './stores-crew.ts'
import type { CrewTask } from './stores-crew.ts'
import { reportStores } from './stores-report.ts'
import type { StoreResult } from './stores-report.ts'
import { countOnServer } from './stores-server-counts.ts'
import { measureExpiries, withCrew } from './stores-times.ts'

const expiries = Number(process.env['BENCH_EXPIRIES'] ?? 20)
const sizes = [1, 4, 16] as const
const mostProcesses = Math.max(...sizes)
const cachedCalls = 100_000

if (startBackends === undefined) throw new Error('This machine lacks Redis, Postgres or PgBouncer.')
const backends = await startBackends()
const processes: StoresProcess[] = []
try {
  for (let index = 0; index < mostProcesses; index++) processes.push(await StoresProcess.start())
  const results: StoreResult[] = []
  for (const name of storeNames) {
    const result = await measureStore(name, backends.addresses[name])
    process.stderr.write(
      `${name}: ${result.times.map(({ medianMs }) => Math.round(medianMs)).join(', ')} ms\n`,
    )
    results.push(result)
  }
  const text = reportStores({
    node: process.versions.node,
    cores: availableParallelism(),
    measuredAt: new Date().toISOString(),
    expiries,
    cachedCalls,
    results,
  })
  const directory = join(import.meta.dirname, '../results')
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'stores.md'), text)
  process.stdout.write(text)
} finally {
  await Promise.all(processes.map(member => member.stop()))
  await backends.stop()
}

async function measureStore(name: string, address: StoreAddress): Promise<StoreResult> {
  const taskOf = (part: string): CrewTask => ({
    kind: 'evergrant',
    address:
      address.kind === 'file'
        ? { ...address, at: `${address.at}${part}` }
        : { ...address, name: `${address.name}${part}` },
    timeoutMs: 20_000,
    holdMs: 25_000,
  })
  const [first] = processes as [StoresProcess]
  const floor = await withCrew([first], taskOf('floor'), async () => {
    const [readMs, writeMs] = (await first.tell({ do: 'time-store', times: 100 })) as [number, number]
    const requestMs = (await first.tell({ do: 'time-endpoint', times: 100 })) as number
    const cached = await first.tell({ do: 'cached', calls: cachedCalls })
    return { readMs, writeMs, requestMs, cached: cached as StoreResult['cached'] }
  })
  const times = []
  for (const size of sizes) {
    const members = processes.slice(0, size)
    times.push(await withCrew(members, taskOf(`of${wordFor(size)}`), crew => measureExpiries(crew, expiries)))
  }
  const countedByServer = await countOnServer(first, address, expiries)
  return { name, ...floor, times, countedByServer }
}

// Tables are named with letters.
function wordFor(size: (typeof sizes)[number]): string {
  return { 1: 'one', 4: 'four', 16: 'sixteen' }[size]
}
