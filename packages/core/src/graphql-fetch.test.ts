import { describe, expect, test } from 'vitest'
import type { AccessTokenSource, AttemptResult } from './access-token-source.ts'
import { createGraphQLFetch } from './graphql-fetch.ts'
import type { GraphQLFetchOptions } from './graphql-fetch.ts'

const url = 'https://api.example.test/graphql'
const unauthenticated = { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }
const fine = { data: { vehicles: [] } }

/** A source whose tokens count up with each refusal, and an API that gives `answers` in turn. */
function createBench(answers: (() => Response)[], options: GraphQLFetchOptions = {}) {
  const sent: string[] = []
  const settled: AttemptResult[] = []
  let count = 1
  const source: Pick<AccessTokenSource, 'authorize' | 'settle'> = {
    authorize: async request => ({
      url: String(request.url),
      headers: new Headers({ authorization: `Bearer fake-${count}` }),
    }),
    settle: (_attempt, result) => {
      settled.push(result)
      if (result !== 'rejected' && result.status !== 401) return 'done'
      count += 1
      return 'replay'
    },
  }
  const send: typeof globalThis.fetch = async (_input, init) => {
    sent.push(`${new Headers(init?.headers).get('authorization')} ${await new Response(init?.body).text()}`)
    const answer = answers.shift()
    if (answer === undefined) throw new Error('Nothing is left to answer.')
    return answer()
  }
  return { sent, settled, fetch: createGraphQLFetch(source, { ...options, fetch: send }) }
}

const post = { method: 'POST', body: '{"query":"{ vehicles }"}' }
const json = (body: unknown, init?: ResponseInit) => () => Response.json(body, init)

describe('a fetch for GraphQL', () => {
  test('hands an answer without errors on, unchanged', async () => {
    const bench = createBench([json(fine, { status: 200, headers: { 'x-own': '1' } })])
    const response = await bench.fetch(url, post)
    expect([response.status, response.headers.get('x-own'), await response.json()]).toEqual([200, '1', fine])
    expect(bench.sent).toEqual([`Bearer fake-1 ${post.body}`])
  })

  test('C33 answers UNAUTHENTICATED with one replay, body included', async () => {
    const bench = createBench([json(unauthenticated), json(fine)])
    expect(await (await bench.fetch(url, post)).json()).toEqual(fine)
    expect(bench.sent).toEqual([`Bearer fake-1 ${post.body}`, `Bearer fake-2 ${post.body}`])
    expect(bench.settled[0]).toBe('rejected')
  })

  test.each([
    ['of a batch', json([fine, unauthenticated])],
    ['beside data', json({ ...fine, ...unauthenticated })],
    [
      'as application/graphql-response+json',
      json(unauthenticated, {
        headers: { 'content-type': 'application/graphql-response+json; charset=utf-8' },
      }),
    ],
    ['with the status 400', json(unauthenticated, { status: 400 })],
    ['as 401', json(unauthenticated, { status: 401 })],
  ])('C33 sees a refusal %s', async (_what, refusal) => {
    const bench = createBench([refusal, json(fine)])
    expect(await (await bench.fetch(url, post)).json()).toEqual(fine)
    expect(bench.sent).toHaveLength(2)
  })

  test('C33 a second refusal is the answer, and nothing is sent a third time', async () => {
    const bench = createBench([json(unauthenticated), json(unauthenticated)])
    expect(await (await bench.fetch(url, post)).json()).toEqual(unauthenticated)
    expect(bench.sent).toHaveLength(2)
    expect(bench.settled).toEqual(['rejected', 'rejected'])
  })

  const inPart = { data: { charge: { id: 1 }, other: null }, ...unauthenticated }
  test.each([
    ['a mutation', '{"query":"mutation { charge { id } other }"}', json(inPart)],
    ['a mutation after a line break', '{"query":"\\nmutation { charge { id } other }"}', json(inPart)],
    ['a batch with one', '[{"query":"{ a }"},{"query":"mutation { charge }"}]', json([fine, inPart])],
    ['what is only named', '{"extensions":{"persistedQuery":{}}}', json(inPart)],
    ['an upload', new FormData(), json(inPart)],
  ])('F43 does not send %s again that has done something', async (_what, body, answer) => {
    const bench = createBench([answer])
    const response = await bench.fetch(url, { method: 'POST', body })
    expect([await response.json(), bench.sent.length]).toEqual([await answer().json(), 1])
    // Whoever comes next has a new token all the same.
    expect(bench.settled).toEqual(['rejected'])
  })

  test.each([
    ['a query', json(inPart), post],
    ['a query by GET', json(inPart), { method: 'GET' }],
    [
      'a mutation that has done nothing',
      json(unauthenticated),
      { method: 'POST', body: '{"query":"mutation"}' },
    ],
  ])('C33 sends %s again', async (_what, refusal, init) => {
    const bench = createBench([refusal, json(fine)])
    expect(await (await bench.fetch(url, init)).json()).toEqual(fine)
    expect(bench.sent).toHaveLength(2)
  })

  test.each([
    ['FORBIDDEN', json({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })],
    ['data that looks like it', json({ data: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } })],
    ['errors that are none', json({ errors: ['UNAUTHENTICATED', null, 7] })],
    ['errors that are no list', json({ errors: { extensions: { code: 'UNAUTHENTICATED' } } })],
    ['null', json(null)],
    ['no JSON', () => new Response('"errors" {', { headers: { 'content-type': 'application/json' } })],
    [
      'another type',
      () => new Response(JSON.stringify(unauthenticated), { headers: { 'content-type': 'text/html' } }),
    ],
    [
      'no content',
      () => new Response(null, { status: 204, headers: { 'content-type': 'application/json' } }),
    ],
  ])('C35 %s is no refusal', async (_what, answer) => {
    const bench = createBench([answer])
    await bench.fetch(url, post)
    expect(bench.sent).toHaveLength(1)
    expect(bench.settled).not.toContain('rejected')
  })

  test('C33 a request that is given as an object is replayed, too', async () => {
    const bench = createBench([json(unauthenticated), json(fine)])
    expect(await (await bench.fetch(new Request(url, post))).json()).toEqual(fine)
    expect(bench.sent).toEqual([`Bearer fake-1 ${post.body}`, `Bearer fake-2 ${post.body}`])
  })

  test('leaves streams unread', async () => {
    const stream = new ReadableStream({ pull: () => new Promise(() => {}) })
    const headers = { 'content-type': 'multipart/mixed; boundary="-"' }
    const bench = createBench([() => new Response(stream, { headers })])
    const response = await bench.fetch(url, post)
    expect([response.status, response.bodyUsed]).toEqual([200, false])
  })

  test('what a redirect led to says nothing about the token', async () => {
    const led = json(unauthenticated)()
    Object.defineProperties(led, { redirected: { value: true }, url: { value: 'https://elsewhere.test/' } })
    const bench = createBench([() => led])
    expect(await (await bench.fetch(url, post)).json()).toEqual(unauthenticated)
    expect([bench.sent.length, bench.settled]).toEqual([1, []])
  })

  test('asks the predicate of the application where there is one', async () => {
    const own = { errors: [{ extensions: { code: 'SESSION_GONE' } }] }
    const isRefused: GraphQLFetchOptions['isRefused'] = errors =>
      errors.some(({ extensions }) => extensions?.['code'] === 'SESSION_GONE')
    const bench = createBench([json(own), json(fine)], { isRefused })
    expect(await (await bench.fetch(url, post)).json()).toEqual(fine)
  })
})
