import { describe, expect, test } from 'vitest'
import { overEmulator } from './over-emulator.ts'

describe('what runs over an emulator', () => {
  test('ends in reverse order, the emulator of its own at last', async () => {
    const ended: string[] = []
    const demo = await overEmulator(undefined, (_running, stops) => {
      for (const name of ['first', 'second']) stops.push(() => Promise.resolve(void ended.push(name)))
      return Promise.resolve({ name: 'a demo' })
    })
    expect(demo.name).toBe('a demo')
    expect((await fetch(demo.emulator.url)).status).toBeLessThan(500)
    await demo.stop()
    expect(ended).toEqual(['second', 'first'])
    await expect(fetch(demo.emulator.url)).rejects.toThrow('fetch failed')
  })

  test('ends if it cannot start, and a given emulator goes on', async () => {
    const given = await overEmulator(undefined, () => Promise.resolve({}))
    const ended: string[] = []
    const starting = overEmulator(given.emulator, (_running, stops) => {
      stops.push(() => Promise.resolve(void ended.push('started')))
      return Promise.reject(new Error('The port is taken.'))
    })
    await expect(starting).rejects.toThrow('The port is taken.')
    expect(ended).toEqual(['started'])
    expect((await fetch(given.emulator.url)).status).toBeLessThan(500)
    await given.stop()
  })
})
