import type { MemoryGrowth } from './memory.ts'
import type { Throughput } from './throughput.ts'

/** What was measured, and on what. */
export interface Results {
  readonly node: string
  readonly cores: number
  readonly httpProxyMiddleware: string
  readonly measuredAt: string
  readonly rounds: number
  readonly seconds: number
  readonly throughput: readonly Throughput[]
  readonly memory: readonly MemoryGrowth[]
}

/** Writes results as Markdown. */
export function report(results: Results): string {
  const { throughput, memory, node, cores, httpProxyMiddleware, rounds, seconds } = results
  const ours = throughput.find(({ subject }) => subject === 'evergrant')?.median ?? 0
  const rows = throughput.map(
    ({ subject, median }) => `| ${subject} | ${Math.round(median)} | ${(ours / median).toFixed(2)} |`,
  )
  const growths = memory.map(
    ({ bytes, readerPausesMs, growthMiB }) =>
      `| ${Math.round(bytes / 1_048_576)} MiB | ${readerPausesMs === 0 ? 'fast' : `rests ${readerPausesMs / 1000} s`} | ${growthMiB} MiB |`,
  )
  return `# API proxy

Node.js ${node}, ${cores} cores, http-proxy-middleware ${httpProxyMiddleware}, ${results.measuredAt.slice(0, 10)}. An
answer of 1 kB, 32 connections; the median of ${rounds} rounds of ${seconds} s, the subjects in turn.

| Subject | Requests/s | Evergrant ÷ subject |
| --- | ---: | ---: |
${rows.join('\n')}

Memory while one body passes through, the highest above the start:

| Body | Reader | Growth |
| --- | --- | ---: |
${growths.join('\n')}
`
}
