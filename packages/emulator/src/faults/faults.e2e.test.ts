import { afterEach, describe, expect, it } from 'vitest'
import { readTokens, truphoneClient } from '../emulator.test-support.ts'
import { startEmulatorServer } from '../server.ts'
import type { EmulatorServer } from '../server.ts'
import type { Fault } from './fault.ts'

const running: EmulatorServer[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map(server => server.close()))
})

/** Starts a server, adds a fault over HTTP, and returns how to ask for a token. */
async function startWith(fault: Fault) {
  const server = await startEmulatorServer()
  running.push(server)
  const { url, emulator } = server
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', body: JSON.stringify(fault), headers }
  expect((await fetch(`${url}/_control/truphone/faults`, init)).status).toBe(201)
  const { tokenEndpoint } = emulator.truphone.endpoints(url)
  const body = new URLSearchParams(truphoneClient(emulator))
  const ask = (options: RequestInit = {}): Promise<Response> =>
    fetch(tokenEndpoint, { method: 'POST', body, ...options })
  return { url, emulator, ask, tokenEndpoint }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !isTrue(); turn += 1) await new Promise(resolve => setTimeout(resolve, 2))
  expect(isTrue()).toBe(true)
}

describe('faults over real HTTP', () => {
  it.each(['before', 'after'] as const)('resets the connection %s the server acted', async when => {
    const { ask, emulator } = await startWith({ kind: 'reset', when })
    const error: unknown = await ask().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
    expect(emulator.journal.entries()[0]).toMatchObject({ status: 0, faults: ['reset'] })
    await readTokens(await ask())
  })

  it('sends a slow body byte by byte, and stops when the client hangs up', async () => {
    const { ask } = await startWith({ kind: 'slow-body', bytesPerSecond: 50 })
    const abort = new AbortController()
    const response = await ask({ signal: abort.signal })
    const first = await response.body!.getReader().read()
    expect(first.value!.length).toBeLessThanOrEqual(10)
    abort.abort()
    await readTokens(await ask())
  })

  it('sends an endless body without keeping it, until the client hangs up', async () => {
    const { ask } = await startWith({ kind: 'endless-body' })
    const before = process.memoryUsage().rss
    const reader = (await ask()).body!.getReader()
    let length = 0
    while (length < 50_000_000) length += (await reader.read()).value?.length ?? 0
    await reader.cancel()
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
    await readTokens(await ask())
  })

  it('sends a gzip bomb of 200 kB that decodes to 200 MB', async () => {
    const { ask, emulator, url } = await startWith({ kind: 'gzip-bomb', times: 2 })
    const { tokenEndpoint } = emulator.truphone.endpoints(url)
    const packed = await emulator.handle(new Request(tokenEndpoint, { method: 'POST' }))
    const { byteLength } = await packed.arrayBuffer()
    expect(byteLength).toBeGreaterThan(150_000)
    expect(byteLength).toBeLessThan(250_000)
    const response = await ask()
    expect(response.headers.get('content-encoding')).toBe('gzip')
    let length = 0
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) length += chunk.length
    expect(length).toBe(200_000_014)
  })

  it('redirects to the same origin, and a follower gets the real answer', async () => {
    const { ask, emulator } = await startWith({ kind: 'redirect', to: 'same-origin' })
    await readTokens(await ask())
    expect(emulator.journal.entries().map(({ status }) => status)).toEqual([307, 200])
  })

  it('redirects to a foreign origin, and shows who follows with the secret', async () => {
    const { ask, emulator, url, tokenEndpoint } = await startWith({ kind: 'redirect', to: 'foreign-origin' })
    const response = await ask({ redirect: 'manual' })
    const { port } = new URL(url)
    const location = `http://localhost:${port}/_foreign${new URL(tokenEndpoint).pathname}`
    expect([response.status, response.headers.get('location')]).toEqual([307, location])
    await fetch(location, { method: 'POST' })
    expect(emulator.journal.entries()[1]).toMatchObject({ kind: 'unknown', method: 'POST', status: 404 })
  })

  it('sends every header that it accepts, and accepts none that it cannot send', async () => {
    const note = '\t!~\u0080ÿ é'
    const { ask, url } = await startWith({ kind: 'status', status: 503, headers: { 'x-note': note } })
    const response = await ask()
    expect([response.status, response.headers.get('x-note')]).toEqual([503, note.trim()])
    const body = JSON.stringify({ kind: 'status', status: 503, headers: { 'x-note': '\u0001' } })
    const headers = { 'content-type': 'application/json' }
    const refused = await fetch(`${url}/_control/truphone/faults`, { method: 'POST', body, headers })
    expect(refused.status).toBe(400)
  })

  it('closes while a slow body is under way', async () => {
    const { ask, emulator } = await startWith({ kind: 'slow-body', bytesPerSecond: 0.01 })
    const answer = ask()
    await until(() => emulator.journal.count() === 1)
    await Promise.all(running.splice(0).map(server => server.close()))
    await expect(answer.then(response => response.text())).rejects.toThrow()
  })
})
