import { expect, test } from 'vitest'
import type { Bench } from './bench.ts'
import type { TokensUnderTest } from './core-under-test.ts'

/** A token on each request, and what a 401 causes. */
export function testRefusals<Source extends TokensUnderTest>(
  createBench: () => Promise<Bench<Source>>,
): void {
  test('C32 sends the token in the header, and nowhere else', async () => {
    const { api, source, send } = await createBench()
    const answer = await send('things?a=1')
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('fine')])
    const token = await source.getAccessToken()
    const [{ headers, ...rest }] = api.received as [(typeof api.received)[0]]
    expect(headers.authorization).toBe(`Bearer ${token}`)
    expect(rest.url).toBe('/v1/things?a=1')
    expect(JSON.stringify({ ...rest, ...headers, authorization: '' })).not.toContain(token)
  })

  test('asks for one token for many requests', async () => {
    const { api, tokenServer, send } = await createBench()
    await Promise.all(Array.from({ length: 20 }, () => send('things')))
    expect([api.received.length, tokenServer.requests]).toEqual([20, 1])
  })

  test("replaces the caller's own Authorization", async () => {
    const { api, source, send } = await createBench()
    await send('things', { headers: { AUTHORIZATION: 'Basic fake' } })
    expect(api.received[0]?.headers.authorization).toBe(`Bearer ${await source.getAccessToken()}`)
  })

  test('C33 F44 refreshes once for 50 refused requests, and sends each of them once more', async () => {
    const { api, tokenServer, send, refuseCurrentToken } = await createBench()
    const old = await refuseCurrentToken()
    const answers = await Promise.all(Array.from({ length: 50 }, () => send('things')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(tokenServer.requests).toBe(2)
    const sentOld = api.received.filter(({ headers }) => headers.authorization === `Bearer ${old}`)
    expect(api.received.length - sentOld.length).toBe(50)
    expect(sentOld.length).toBeLessThanOrEqual(50)
  })

  test('C34 replays after a late 401 with the token that has replaced the refused one, and refreshes nothing', async () => {
    const { api, tokenServer, source, send, refuseCurrentToken } = await createBench()
    await refuseCurrentToken()
    const release = api.hold()
    const late = send('held')
    await api.hasReceived(1)
    const newer = await source.getAccessToken({ forceRefresh: true })
    release()
    expect((await late).status).toBe(200)
    expect(tokenServer.requests).toBe(2)
    expect(api.received.at(-1)?.headers.authorization).toBe(`Bearer ${newer}`)
    expect(api.received).toHaveLength(2)
  })

  test('C33 F43 hands back the second refusal as it is, after two requests', async () => {
    const { api, tokenServer, send, refuseCurrentToken } = await createBench()
    await refuseCurrentToken()
    api.refusesEverything = true
    const answer = await send('things')
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('refused')])
    expect([api.received.length, tokenServer.requests]).toEqual([2, 2])
  })

  test('C33 sends nothing again, and ends, if no newer token can be had', async () => {
    const { api, tokenServer, send, refuseCurrentToken } = await createBench()
    await refuseCurrentToken()
    tokenServer.isDown = true
    const answer = await send('things').catch((error: unknown) => error)
    // A client may also reject with the reason: what counts is that it comes to an end, and sends nothing again.
    expect(answer instanceof Error || (answer as { status: number }).status === 401).toBe(true)
    expect(api.received).toHaveLength(1)
  })

  test('queues nothing behind a refresh that does not need it', async () => {
    const { api, tokenServer, send, another, refuseCurrentToken } = await createBench()
    const other = another()
    await other.source.getAccessToken()
    const releaseApi = api.hold()
    const underWay = other.send('held')
    await api.hasReceived(1)
    await refuseCurrentToken()
    const release = tokenServer.hold()
    const refused = send('things')
    await api.hasReceived(2)
    // The refresh is under way now: what was sent before is answered, and so is the client with tokens of its own.
    releaseApi()
    expect((await underWay).status).toBe(200)
    expect((await other.send('things')).status).toBe(200)
    release()
    expect((await refused).status).toBe(200)
  })
}
