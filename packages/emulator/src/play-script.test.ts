import { describe, expect, it } from 'vitest'
import { createEmulator } from './emulator.ts'
import { askIris, frozenEmulator } from './emulator.test-support.ts'
import { playScript } from './play-script.ts'

describe('playScript', () => {
  it('runs events at their instants while time is advanced, whatever their order in the script', () => {
    const emulator = frozenEmulator()
    const start = emulator.now()
    const seen: unknown[] = []
    const playing = playScript(emulator, [
      { atMs: 2_000, provider: 'iris', do: iris => seen.push([iris.name, emulator.now() - start]) },
      { atMs: 1_000, provider: 'travis', do: travis => seen.push([travis.name, emulator.now() - start]) },
      { atMs: 1_000, provider: 'team-server', do: server => seen.push(server.credentials.clientId.length) },
      { atMs: 9_000, provider: 'truphone', do: truphone => truphone.bumpNotBefore() },
    ])
    emulator.advance(999)
    expect([seen, playing.remaining]).toEqual([[], 4])
    emulator.advance(5_000)
    expect(seen).toEqual([['travis', 1_000], 36, ['iris', 2_000]])
    expect([playing.remaining, emulator.now() - start]).toEqual([1, 5_999])
    playing.stop()
    emulator.advance(5_000)
    expect(playing.remaining).toBe(0)
  })

  it('tells an outage that begins and ends', async () => {
    const emulator = frozenEmulator()
    playScript(emulator, [
      {
        atMs: 60_000,
        provider: 'iris',
        do: iris => iris.faults.add({ kind: 'status', status: 503, times: Infinity, forMs: 1_800_000 }),
      },
    ])
    const status = async (): Promise<number> => (await askIris(emulator)).status
    expect(await status()).toBe(200)
    emulator.advance(60_000)
    expect(await status()).toBe(503)
    emulator.advance(1_800_000)
    expect(await status()).toBe(200)
  })

  it('runs events before the next request when the host’s time goes on', async () => {
    let now = Date.parse('2026-11-21T08:00:00Z')
    const emulator = createEmulator({ now: () => now })
    playScript(emulator, [{ atMs: 10, provider: 'iris', do: iris => iris.faults.add({ kind: 'html' }) }])
    now += 10
    expect((await askIris(emulator)).headers.get('content-type')).toMatch(/^text\/html/)
  })

  it('runs what an event plans or advances in turn', () => {
    const emulator = frozenEmulator()
    const start = emulator.now()
    const seen: number[] = []
    emulator.plan(start + 10, () => {
      emulator.plan(start + 20, () => seen.push(emulator.now() - start))
      emulator.advance(100)
    })
    emulator.advance(15)
    expect([seen, emulator.now() - start]).toEqual([[20], 110])
  })

  it('refuses a provider that there is not before anything is played', () => {
    const emulator = frozenEmulator()
    const seen: number[] = []
    const script = [
      { atMs: 1, provider: 'iris', do: () => seen.push(1) },
      { atMs: 5, provider: 'trafficStars', do: () => seen.push(5) },
    ] as unknown as Parameters<typeof playScript>[1]
    const play = (): unknown => playScript(emulator, script)
    expect(play).toThrow(TypeError)
    expect(play).toThrow(
      'The event at 5 ms is for "trafficStars". There are: travis, trafficstars, team-server',
    )
    emulator.advance(10)
    expect(seen).toEqual([])
  })

  it('refuses events in the past', () => {
    const emulator = frozenEmulator()
    const event = { atMs: -1, provider: 'iris', do: () => {} } as const
    expect(() => playScript(emulator, [event])).toThrow('planned at -1 ms')
  })
})
