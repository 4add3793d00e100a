// Measures the API proxy against a bare one and against http-proxy-middleware, and its memory while much passes through.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { measureMemory } from './memory.ts'
import { startServer, stopServer } from './processes.ts'
import { report } from './report.ts'
import { subjects } from './subject-names.ts'
import { measureThroughput } from './throughput.ts'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)
const bytes = Number(process.env['BENCH_BYTES'] ?? 1_073_741_824)

const upstream = await startServer('upstream.ts')
const throughput = await measureThroughput(upstream, subjects, { rounds, seconds })
const memory = [
  await measureMemory(upstream, { bytes, readerPausesMs: 0 }),
  await measureMemory(upstream, { bytes, readerPausesMs: 10_000 }),
]
await stopServer(upstream)

const require = createRequire(import.meta.url)
const main = require.resolve('http-proxy-middleware')
const manifest = join(
  main.slice(0, main.lastIndexOf('http-proxy-middleware')),
  'http-proxy-middleware/package.json',
)
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
const results = {
  node: process.version,
  cores: cpus().length,
  httpProxyMiddleware: version,
  measuredAt: new Date().toISOString(),
  rounds,
  seconds,
  throughput,
  memory,
}
const directory = join(import.meta.dirname, '../results')
mkdirSync(directory, { recursive: true })
const name = `proxy-node-${process.versions.node.split('.')[0]}`
writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`)
const text = report(results)
writeFileSync(join(directory, `${name}.md`), text)
process.stdout.write(text)
