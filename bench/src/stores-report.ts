import type { ServerCount } from './stores-server-counts.ts'
import type { ExpiryTimes } from './stores-times.ts'
import type { StoreOperations } from './stores-subject.ts'

/** What one store cost. */
export interface StoreResult {
  readonly name: string
  /** One read, one write and one token request, each alone and the median. */
  readonly readMs: number
  readonly writeMs: number
  readonly requestMs: number
  readonly cached: { readonly perCallMicroseconds: number; readonly operations: StoreOperations }
  readonly times: readonly ExpiryTimes[]
  readonly countedByServer: ServerCount | undefined
}

/** What was measured, and on what. */
export interface StoresResults {
  readonly node: string
  readonly cores: number
  readonly measuredAt: string
  readonly expiries: number
  readonly cachedCalls: number
  readonly results: readonly StoreResult[]
}

/** Writes results as Markdown. */
export function reportStores(all: StoresResults): string {
  const { node, cores, measuredAt, expiries, cachedCalls, results } = all
  const timeRows = results.map(({ name, times, requestMs, readMs, writeMs }) => {
    const each = times.map(({ medianMs, worstMs }) => `${ms(medianMs)} (${ms(worstMs)})`)
    const floorMs = requestMs + readMs + 2 * writeMs
    return `| ${[name, ...each, rangeOf(times), ms(floorMs), ms(requestMs), ms(readMs), ms(writeMs)].join(' | ')} |`
  })
  const operationRows = results.map(({ name, times, cached, countedByServer }) => {
    const { reads, writes, refusedWrites } = cached.operations
    const perInstance = times.map(
      ({ operations, processes, looks }) =>
        `${count((operations.reads + operations.writes) / processes)} + ${count(looks)}`,
    )
    const alone = times[0]?.operations ?? { reads: Number.NaN, writes: Number.NaN }
    const server =
      countedByServer === undefined
        ? '–'
        : `${count(countedByServer.byTheServer)} of ${count(countedByServer.aroundTheStore)}`
    const cells = [
      name,
      `${count(alone.reads)} + ${count(alone.writes)}`,
      server,
      ...perInstance,
      count(reads + writes + refusedWrites),
      `${cached.perCallMicroseconds.toFixed(2)} µs`,
    ]
    return `| ${cells.join(' | ')} |`
  })
  const failed = results.flatMap(({ times }) => times).reduce((sum, times) => sum + times.failedCalls, 0)
  return `# Stores

Node.js ${node}, ${cores} cores, ${measuredAt.slice(0, 10)}. Real processes and real servers on one machine, one credential, an
authorization server that forgives no replay. Calls that failed, or got another token than the rest: ${failed}.

## From expiry to the fresh token in every process

Milliseconds, the median of ${expiries} expiries and in brackets the worst, for 1, 4 and 16 processes with 10 callers each.
All processes ask at one instant of the machine's clock, so that no message between processes is in the figure; a timer of up
to a millisecond is. Token requests per expiry are the least and the most that were seen. The floor is one token request, one
read and two writes, each measured alone.

| Store | 1 | 4 | 16 | Token requests | Floor | Token request | Read | Write |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${timeRows.join('\n')}

## Store operations

Per refresh: the reads and writes of a process that is alone, counted around the store. The server counted: scripts that
Redis ran, or scans of the table in Postgres, beside what was counted around the store meanwhile, looks included. For an
instance and expiry: operations until the fresh token is there, and those of the next call, which looks because a hint came
late, mostly that of the own write. Cached calls: all operations of ${cachedCalls.toLocaleString('en-US')} calls, and the time of one.

| Store | Per refresh | The server counted | Per instance of 1 | of 4 | of 16 | Cached calls | One takes |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${operationRows.join('\n')}
`
}

function rangeOf(times: readonly ExpiryTimes[]): string {
  const [least, most] = [
    Math.min(...times.map(({ tokenRequests }) => tokenRequests[0])),
    Math.max(...times.map(({ tokenRequests }) => tokenRequests[1])),
  ]
  return least === most ? `${least}` : `${least} to ${most}`
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : `${Math.round(value)}`
}

function count(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toFixed(2)
}
