import { describe, expect, it } from 'vitest'
import { emulatorWithTimers, frozenEmulator, readTokens } from '../emulator.test-support.ts'
import { ask } from './faults.test-support.ts'

describe('a slow body', () => {
  it('comes a byte a second', async () => {
    const { emulator, waiting, fire } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'slow-body' })
    const response = await ask(emulator)
    expect(waiting()).toEqual([])
    const reader = response.body!.getReader()
    const first = reader.read()
    expect(waiting()).toEqual([1_000])
    await fire()
    expect((await first).value).toEqual(new TextEncoder().encode('{'))
    void reader.read()
    expect(waiting()).toEqual([1_000])
    await reader.cancel()
    expect(waiting()).toEqual([])
  })

  it('comes whole at any pace', async () => {
    const { emulator, waiting, fire } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'slow-body', bytesPerSecond: 5_000 })
    const tokens = readTokens(await ask(emulator))
    await fire()
    expect(waiting()).toEqual([100])
    while (waiting().length > 0) await fire()
    expect((await tokens).accessToken).toMatch(/^ey/)
  })

  it('waits no longer for a byte than a timer keeps, at the slowest pace there is', async () => {
    const { emulator, waiting } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'slow-body', bytesPerSecond: 0.001 })
    const reader = (await ask(emulator)).body!.getReader()
    void reader.read()
    expect(waiting()).toEqual([1_000_000])
    await reader.cancel()
  })

  it('ends with the signal’s reason', async () => {
    const { emulator, waiting } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'slow-body' })
    const abort = new AbortController()
    const text = (await ask(emulator, { signal: abort.signal })).text()
    expect(waiting()).toEqual([1_000])
    abort.abort(new Error('deadline'))
    await expect(text).rejects.toThrow('deadline')
    expect(waiting()).toEqual([])
  })
})

describe('too much', () => {
  it('never ends, lets timers run, and stops with its reader', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'endless-body', times: 2 })
    const abort = new AbortController()
    const text = (await ask(emulator, { signal: abort.signal })).text()
    setTimeout(() => abort.abort(new Error('deadline')), 20)
    await expect(text).rejects.toThrow('deadline')
    const reader = (await ask(emulator)).body!.getReader()
    let length = 0
    while (length < 3_000_000) length += (await reader.read()).value?.length ?? 0
    await reader.cancel()
    expect((await reader.read()).done).toBe(true)
  })

  it('of gzip is 200 MB once fetch has decoded it', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'gzip-bomb' })
    const response = await ask(emulator)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    const reader = response.body!.getReader()
    let length = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.length
    }
    expect(length).toBe(200_000_000 + '{"padding":""}'.length)
  })
})
