// Counts the token requests and store operations of simulated fleets, from ten instances to five thousand.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { SimulatedFleet } from '../../packages/stores/src/proofs/fleet/fleet-traffic.test-support.ts'
import type { Traffic } from '../../packages/stores/src/proofs/fleet/fleet-traffic.test-support.ts'

const sizes = (process.env['BENCH_INSTANCES'] ?? '10,100,1000,5000').split(',').map(Number)
const lifetimeMs = 600_000
const askEveryMs = 10_000
// Not a multiple of a token's life, so that the last token reaches everybody.
const usedMs = 7_500_000
const wakes = 5

const rows = new Map<string, string[]>()
for (const hasWatch of [true, false]) {
  for (const instances of sizes) {
    const fleet = await SimulatedFleet.start({ instances, hasWatch, lifetimeMs, askEveryMs })
    const watch = hasWatch ? 'with' : 'without'
    const used = await fleet.use(usedMs)
    note(`in use, ${watch} hints`, used, used.tokenRequests - surplusOf(used))
    const woken = await fleet.sleepAndWake(wakes)
    note(`asleep, ${watch} hints`, woken, wakes)
    await fleet.stop()
    process.stderr.write(`${instances} instances ${watch} hints\n`)
  }
}
const text = `# Simulated fleets

Node.js ${process.versions.node}, ${availableParallelism()} cores, ${new Date().toISOString().slice(0, 10)}. Instances of an application with one credential, in
virtual time. Each has a store of its own over shared data, 1 or 2 ms away in each direction, and the token endpoint answers
after 100 ms and forgives no replay. A token lives for ${lifetimeMs / 60_000} minutes. *In use*: every instance asks each ${askEveryMs / 1000} seconds, for
${usedMs / 60_000} minutes. *Asleep*: nobody asks until the token has expired, then all do at one instant, ${wakes} times. Operations are those
of an instance for one expiry: the least, the mean and the most of all instances.

| Fleet | Instances | Expiries | Token requests per expiry | Refused | Operations | Writes per expiry | Calls | Failed | Longest wait |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${[...rows.values()].flat().join('\n')}
`
const directory = join(import.meta.dirname, '../results')
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'stores-fleet.md'), text)
process.stdout.write(text)

/** Requests that came before the last token was due: the first of its life is one too many. */
function surplusOf({ requestedAt }: Traffic): number {
  return requestedAt.filter((at, index) => index > 0 && at - (requestedAt[index - 1] ?? 0) < lifetimeMs / 2)
    .length
}

function note(name: string, traffic: Traffic, expiries: number): void {
  const { tokenRequests, refusedRequests, operations, writes, calls, failedCalls, longestWaitMs } = traffic
  const mean = operations.reduce((sum, each) => sum + each, 0) / operations.length
  const spread = [Math.min(...operations), mean, Math.max(...operations)]
  const cells = [
    name,
    operations.length.toLocaleString('en-US'),
    expiries,
    shown(tokenRequests / expiries),
    refusedRequests,
    spread.map(each => (each / expiries).toFixed(2)).join(', '),
    shown(writes / expiries),
    calls.toLocaleString('en-US'),
    failedCalls,
    `${longestWaitMs} ms`,
  ]
  rows.set(name, [...(rows.get(name) ?? []), `| ${cells.join(' | ')} |`])
}

function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}
