import { describe, expect, test } from 'vitest'
import type { AccessTokenSource, AuthorizedRequest } from './access-token-source.ts'
import { createAuthorizedFetch } from './authorized-fetch.ts'

const base = 'https://api.example.test/v1/'

interface Bench {
  readonly fetch: typeof globalThis.fetch
  readonly sent: { url: string; init: RequestInit; headers: Headers; body: string }[]
  readonly asked: { url: string; method: string; signal: AbortSignal | undefined }[]
  readonly settled: [AuthorizedRequest, number][]
}

/** A source whose tokens count up, and an API that answers `answers` in turn, then 200. */
function createBench(
  answers: (Response | Error)[] = [],
  settle: AccessTokenSource['settle'] = replayAll,
): Bench {
  const bench: Omit<Bench, 'fetch'> = { sent: [], asked: [], settled: [] }
  const source: Pick<AccessTokenSource, 'authorize' | 'settle'> = {
    async authorize({ url, method }, options) {
      bench.asked.push({ url: String(url), method, signal: options?.signal })
      options?.signal?.throwIfAborted()
      const headers = new Headers({ authorization: `Bearer fake-access-${bench.asked.length}` })
      return { url: new URL(url, base).href, headers }
    },
    settle(attempt, result) {
      if (result !== 'rejected') bench.settled.push([attempt, result.status])
      return settle(attempt, result)
    },
  }
  const send: typeof globalThis.fetch = async (input, init = {}) => {
    const request = new Request(input, init)
    bench.sent.push({ url: request.url, init, headers: request.headers, body: await request.text() })
    init.signal?.throwIfAborted()
    const answer = answers.shift() ?? new Response('fine')
    if (answer instanceof Error) throw answer
    return answer
  }
  return { ...bench, fetch: createAuthorizedFetch(source, send) }
}

const replayAll: AccessTokenSource['settle'] = (_attempt, result) =>
  result !== 'rejected' && result.status === 401 ? 'replay' : 'done'
const refused = (): Response => new Response('refused', { status: 401 })

describe('an authorized fetch', () => {
  test('C32 sends the token in the header, to the URL that the source resolved', async () => {
    const bench = createBench()
    expect(await (await bench.fetch('things?a=1')).text()).toBe('fine')
    expect(bench.sent[0]?.url).toBe(`${base}things?a=1`)
    expect(bench.sent[0]?.headers.get('authorization')).toBe('Bearer fake-access-1')
    expect(bench.asked).toEqual([{ url: 'things?a=1', method: 'GET', signal: undefined }])
    expect(bench.settled.map(([, status]) => status)).toEqual([200])
  })

  test('keeps the method, the other headers and the body of the caller', async () => {
    const bench = createBench()
    await bench.fetch(new URL('things', base), {
      method: 'PUT',
      headers: { accept: 'text/csv' },
      body: 'text',
    })
    expect(bench.sent[0]).toMatchObject({ init: { method: 'PUT' }, body: 'text' })
    expect(bench.sent[0]?.headers.get('accept')).toBe('text/csv')
    expect(bench.asked[0]?.method).toBe('PUT')
  })

  test('asks for the method and the URL of a Request, and for the init beside it first', async () => {
    const bench = createBench()
    await bench.fetch(new Request(`${base}a`, { method: 'POST', body: 'text' }))
    await bench.fetch(new Request(`${base}b`, { method: 'POST', body: 'text' }), { method: 'PATCH' })
    expect(bench.asked.map(({ url, method }) => [url, method])).toEqual([
      [`${base}a`, 'POST'],
      [`${base}b`, 'PATCH'],
    ])
  })

  test("replaces the caller's own Authorization, however it is written", async () => {
    const bench = createBench()
    await bench.fetch('a', { headers: { AUTHORIZATION: 'Basic fake' } })
    await bench.fetch(new Request(`${base}b`, { headers: [['Authorization', 'Bearer fake-old']] }))
    for (const [index, { headers }] of bench.sent.entries()) {
      expect(headers.get('authorization')).toBe(`Bearer fake-access-${index + 1}`)
    }
  })

  test('C33 replays a refused request once, with the next token and the same body', async () => {
    const bench = createBench([refused()])
    const response = await bench.fetch('things', { method: 'POST', body: 'text', headers: { 'x-own': '1' } })
    expect(response.status).toBe(200)
    expect(
      bench.sent.map(({ headers, body }) => [headers.get('authorization'), headers.get('x-own'), body]),
    ).toEqual([
      ['Bearer fake-access-1', '1', 'text'],
      ['Bearer fake-access-2', '1', 'text'],
    ])
  })

  test('C33 surfaces the second refusal: two requests, never a third', async () => {
    const bench = createBench([refused(), refused(), refused()])
    expect((await bench.fetch('things')).status).toBe(401)
    expect(bench.sent).toHaveLength(2)
    expect(bench.settled.map(([, status]) => status)).toEqual([401, 401])
    // Each attempt is settled as the one that it was.
    expect(new Set(bench.settled.map(([attempt]) => attempt)).size).toBe(2)
  })

  test('C33 sends nothing again with the token that was refused: the refusal goes back, readable', async () => {
    const sent: string[] = []
    const source: Pick<AccessTokenSource, 'authorize' | 'settle'> = {
      authorize: async ({ url }) => ({
        url: String(url),
        headers: new Headers({ authorization: 'Bearer fake-access' }),
      }),
      settle: replayAll,
    }
    const fetch = createAuthorizedFetch(source, async input => {
      sent.push(new Request(input).url)
      return refused()
    })
    const response = await fetch(`${base}things`)
    expect([response.status, await response.text(), sent.length]).toEqual([401, 'refused', 1])
  })

  test('returns the refusal untouched if the source says that a replay is pointless', async () => {
    const bench = createBench([refused()], () => 'done')
    const response = await bench.fetch('things')
    expect([response.status, await response.text()]).toEqual([401, 'refused'])
    expect(bench.sent).toHaveLength(1)
  })

  test('C37 returns the refusal of a stream that cannot be sent again, unread', async () => {
    const bench = createBench([refused()])
    const response = await bench.fetch('things', {
      method: 'POST',
      body: new Blob(['text']).stream(),
      duplex: 'half',
    } as RequestInit)
    expect([response.status, await response.text()]).toEqual([401, 'refused'])
    expect(bench.sent).toHaveLength(1)
  })

  test('cancels the body of the refused answer, and minds neither failure nor silence of that', async () => {
    for (const cancel of [
      () => undefined,
      () => Promise.reject(new Error('no')),
      () => new Promise(() => undefined),
    ]) {
      let isCancelled = false
      const body = new ReadableStream({
        cancel: () => {
          isCancelled = true
          return cancel() as Promise<void>
        },
      })
      const bench = createBench([new Response(body, { status: 401 })])
      expect((await bench.fetch('things')).status).toBe(200)
      expect(isCancelled).toBe(true)
    }
  })

  test('passes on what fetch throws, and does not replay it', async () => {
    const bench = createBench([new TypeError('fetch failed')])
    await expect(bench.fetch('things')).rejects.toThrow('fetch failed')
    expect(bench.sent).toHaveLength(1)
  })

  test('C75 honours an abort before anything is sent, from the init or from the Request', async () => {
    const signal = AbortSignal.abort(new Error('caller left'))
    const bench = createBench()
    await expect(bench.fetch('things', { signal })).rejects.toThrow('caller left')
    await expect(bench.fetch(new Request(`${base}a`, { signal }))).rejects.toThrow()
    expect(bench.sent).toEqual([])
  })

  test('honours an abort between the two attempts', async () => {
    const abort = new AbortController()
    const bench = createBench([refused()], (attempt, result) => {
      abort.abort(new Error('caller left'))
      return replayAll(attempt, result)
    })
    await expect(bench.fetch('things', { signal: abort.signal })).rejects.toThrow('caller left')
    expect(bench.sent).toHaveLength(1)
  })

  test('hands the signal to the request itself', async () => {
    const { signal } = new AbortController()
    const bench = createBench()
    await bench.fetch('things', { signal })
    expect(bench.sent[0]?.init.signal).toBe(signal)
  })
})
