import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { memoryOf, startServer, stopServer } from './processes.ts'
import type { ServerProcess } from './processes.ts'

/** How the memory of the proxy grew while a body passed through. */
export interface MemoryGrowth {
  readonly bytes: number
  readonly readerPausesMs: number
  readonly growthMiB: number
}

/** Streams `bytes` through a proxy of its own, to a reader that rests between chunks for `readerPausesMs` in total. */
export async function measureMemory(
  upstream: ServerProcess,
  { bytes, readerPausesMs }: { readonly bytes: number; readonly readerPausesMs: number },
): Promise<MemoryGrowth> {
  const proxy = await startServer('subjects.ts', ['evergrant', String(upstream.port)])
  // What is loaded and compiled on first use is no growth.
  await download(proxy.port, 67_108_864, 0)
  const before = await memoryOf(proxy)
  let highest = before
  const watch = setInterval(() => void memoryOf(proxy).then(rss => (highest = Math.max(highest, rss))), 200)
  await download(proxy.port, bytes, readerPausesMs)
  clearInterval(watch)
  highest = Math.max(highest, await memoryOf(proxy))
  await stopServer(proxy)
  return { bytes, readerPausesMs, growthMiB: Math.round(((highest - before) / 1_048_576) * 10) / 10 }
}

async function download(port: number, bytes: number, pausesMs: number): Promise<void> {
  const headers = { 'sec-fetch-site': 'same-origin' }
  const url = `http://127.0.0.1:${port}/api/stream?bytes=${bytes}`
  const answer = await new Promise<AsyncIterable<Uint8Array>>((resolve, reject) => {
    get(url, { headers }, resolve).on('error', reject)
  })
  const restEveryBytes = bytes / 100
  let read = 0
  let rests = 0
  for await (const chunk of answer) {
    read += chunk.byteLength
    if (pausesMs === 0 || read < (rests + 1) * restEveryBytes) continue
    rests += 1
    await pause(pausesMs / 100)
  }
  if (read < bytes) throw new Error(`Only ${read} of ${bytes} bytes came.`)
}
