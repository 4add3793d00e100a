import autocannon from 'autocannon'
import { startServer, stopServer } from './processes.ts'
import type { ServerProcess } from './processes.ts'
import type { Subject } from './subject-names.ts'

/** What one subject managed, round by round, and the middle of it. */
export interface Throughput {
  readonly subject: Subject
  readonly requestsPerSecond: readonly number[]
  readonly median: number
}

const headers = { 'sec-fetch-site': 'same-origin', accept: 'application/json' }

/** Measures the subjects in turn, `rounds` times, so that whatever else the machine does meets all of them. */
export async function measureThroughput(
  upstream: ServerProcess,
  names: readonly Subject[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly Throughput[]> {
  const running = new Map<Subject, ServerProcess>()
  for (const name of names) running.set(name, await startServer('subjects.ts', [name, String(upstream.port)]))
  const results = new Map<Subject, number[]>(names.map(name => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const [name, server] of running) {
      const rate = await rateOf(server.port, round < 0 ? 2 : seconds)
      // The first round is for the compilers.
      if (round >= 0) results.get(name)?.push(rate)
    }
  }
  for (const server of running.values()) await stopServer(server)
  return [...results].map(([subject, rates]) => ({
    subject,
    requestsPerSecond: rates,
    median: medianOf(rates),
  }))
}

async function rateOf(port: number, duration: number): Promise<number> {
  const url = `http://127.0.0.1:${port}/api/records/1`
  const result = await autocannon({ url, headers, connections: 32, duration })
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers were no success, and ${result.errors} requests failed.`)
  }
  return result.requests.total / result.duration
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}
