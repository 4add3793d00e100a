import { expect, test } from 'vitest'
import type { Bench } from './bench.ts'
import type { TokensUnderTest } from './core-under-test.ts'

const aborted = async (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => false,
    () => true,
  )

/** A caller that leaves: before, while it waits for the token, while it waits for the answer. */
export function testAborts<Source extends TokensUnderTest>(createBench: () => Promise<Bench<Source>>): void {
  test('C75 sends nothing if the caller has left before', async () => {
    const { api, tokenServer, send } = await createBench()
    expect(await aborted(send('things', { signal: AbortSignal.abort() }))).toBe(true)
    expect([api.received.length, tokenServer.requests]).toEqual([0, 0])
  })

  test('C75 lets a caller leave while the token is awaited, and the others go on', async () => {
    const { api, tokenServer, send } = await createBench()
    const release = tokenServer.hold()
    const abort = new AbortController()
    const leaving = aborted(send('left', { signal: abort.signal }))
    const staying = send('stayed')
    while (tokenServer.requests === 0) await new Promise(resolve => setImmediate(resolve))
    abort.abort()
    expect(await leaving).toBe(true)
    release()
    expect((await staying).status).toBe(200)
    expect([api.received.map(({ url }) => url), tokenServer.requests]).toEqual([['/v1/stayed'], 1])
  })

  test('C75 lets a caller leave while the answer is awaited, and the others go on', async () => {
    const { api, tokenServer, send } = await createBench()
    const release = api.hold()
    const abort = new AbortController()
    const leaving = aborted(send('held', { signal: abort.signal }))
    const staying = send('held')
    await api.hasReceived(2)
    abort.abort()
    expect(await leaving).toBe(true)
    release()
    expect((await staying).status).toBe(200)
    expect([api.received.length, tokenServer.requests]).toEqual([2, 1])
  })

  test('C75 lets a caller leave between the two attempts', async () => {
    const { api, tokenServer, send, refuseCurrentToken } = await createBench()
    await refuseCurrentToken()
    const release = tokenServer.hold()
    const abort = new AbortController()
    const leaving = aborted(send('left', { signal: abort.signal }))
    while (tokenServer.requests === 1) await new Promise(resolve => setImmediate(resolve))
    abort.abort()
    expect(await leaving).toBe(true)
    release()
    expect((await send('stayed')).status).toBe(200)
    expect(api.received.map(({ url }) => url)).toEqual(['/v1/left', '/v1/stayed'])
  })
}
