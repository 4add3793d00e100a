// Plays the same faults, and times the same expiries, with a lock in Redis written by hand and with Evergrant.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '@evergrant/testing/servers'
import { reportByHand } from './by-hand-report.ts'
import type { Column } from './by-hand-report.ts'
import { StoresProcess } from './stores-crew.ts'
import { play, scenarios } from './stores-faults.ts'
import type { Outcome } from './stores-faults.ts'
import { measureExpiries, withCrew } from './stores-times.ts'
import type { ExpiryTimes } from './stores-times.ts'

const expiries = Number(process.env['BENCH_EXPIRIES'] ?? 20)
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 2)

const columns: readonly Column[] = [
  { title: 'By hand, lock 1 s', kind: 'by-hand', timeoutMs: 1200, holdMs: 1000 },
  { title: 'By hand, lock 2.5 s', kind: 'by-hand', timeoutMs: 1200, holdMs: 2500 },
  { title: 'Evergrant, hold 2.5 s', kind: 'evergrant', timeoutMs: 1000, holdMs: 2500 },
]

const crews: StoresProcess[][] = columns.map(() => [])
const rows = []
for (const scenario of scenarios) {
  const outcomes: Outcome[][] = columns.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const crew of crews) await fill(crew, 4)
    // Each has a server, a Redis and processes of its own; mostly they wait.
    const played = columns.map(async ({ title: _title, ...task }, index) =>
      outcomes[index]?.push(await play(scenario, task, crews[index] ?? [])),
    )
    await Promise.all(played)
  }
  process.stderr.write(`${scenario.title}\n`)
  rows.push({ scenario, outcomes })
}
await Promise.all(crews.flat().map(member => member.stop()))
const text = reportByHand({
  node: process.versions.node,
  cores: availableParallelism(),
  measuredAt: new Date().toISOString(),
  expiries,
  rounds,
  columns,
  rows,
  times: await measureTimes(),
})
const directory = join(import.meta.dirname, '../results')
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'stores-by-hand.md'), text)
process.stdout.write(text)

/** Puts new processes in the place of those that died. */
async function fill(crew: StoresProcess[], size: number): Promise<void> {
  for (let index = 0; index < size; index++) {
    if (!crew[index]?.isAlive) crew[index] = await StoresProcess.start()
  }
}

async function measureTimes(): Promise<readonly (readonly [string, readonly ExpiryTimes[]])[]> {
  const redis = await startRedis()
  const processes: StoresProcess[] = []
  await fill(processes, 16)
  try {
    const all: [string, ExpiryTimes[]][] = []
    for (const kind of ['by-hand', 'evergrant'] as const) {
      const times: ExpiryTimes[] = []
      for (const size of [1, 4, 16]) {
        const address = { kind: 'node-redis', at: `${redis.port}`, name: `${kind}${size}` } as const
        const task = { kind, address, timeoutMs: 20_000, holdMs: 25_000 }
        times.push(await withCrew(processes.slice(0, size), task, crew => measureExpiries(crew, expiries)))
      }
      all.push([kind === 'by-hand' ? 'By hand, looks every 50 ms' : 'Evergrant', times])
    }
    return all
  } finally {
    await Promise.all(processes.map(member => member.stop()))
    await redis.stop()
  }
}
