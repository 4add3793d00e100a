import { NetworkError } from '@evergrant/core'
import type { AccessTokenSource, Explanation } from '@evergrant/core'
import { expect, test, vi } from 'vitest'
import { fetchRecords } from './fetch-records.ts'
import type { Records } from './resources.ts'
import { resources } from './resources.ts'

const never = new AbortController().signal

function ask(
  fetch: typeof globalThis.fetch,
  options: { timeoutMs?: number; query?: string; explanation?: Partial<Explanation> } = {},
): Promise<Records> {
  const { timeoutMs = 15_000, query = '', explanation } = options
  const source = { fetch } as AccessTokenSource
  const explain = (): Explanation =>
    ({ step: { action: 'use', because: 'fresh' }, ...explanation }) as Explanation
  return fetchRecords(source, resources.truphone, new URLSearchParams(query), {
    left: never,
    timeoutMs,
    explain,
  })
}

const rejected = {
  expiresAt: 1_800_000_300_000,
  remainingMs: 295_000,
  lifetimeMs: 300_000,
  advisoryMs: 60_000,
  mandatoryMs: 30_000,
  isRejected: true,
}

const answering =
  (body: string | null, init?: ResponseInit): typeof globalThis.fetch =>
  async () =>
    new Response(body, init)

test('asks below the API’s base, with the paging it was given', async () => {
  const fetch = vi.fn(answering('[1, 2]', { headers: { 'x-total-count': '7' } }))
  expect(await ask(fetch, { query: 'page=2&per_page=2' })).toEqual({ records: [1, 2], total: 7 })
  expect(fetch.mock.calls[0]?.[0]).toBe('sims?page=2&per_page=2')
})

test('a total that the provider does not tell is left out', async () => {
  expect(await ask(answering('[]'))).toEqual({ records: [], total: undefined })
})

test.each([
  [401, 502, 'Truphone Connect answered 401: it refused the access token. The next request may fare better.'],
  [403, 502, 'Truphone Connect answered 403. This identity may not read these records.'],
  [500, 502, 'Truphone Connect answered 500.'],
])('an API that answers %i is told about with status %i', async (upstream, status, message) => {
  await expect(ask(answering('no', { status: upstream }))).rejects.toMatchObject({
    status,
    code: 'api_refused',
    message,
  })
})

test('an API that knows no such path points at its base URL', async () => {
  await expect(ask(answering('no', { status: 404 }))).rejects.toMatchObject({
    status: 502,
    code: 'api_not_found',
    message: 'Truphone Connect answered 404. The base URL of its API may be another one.',
  })
})

test.each<[string, number, string, Partial<Explanation>]>([
  [
    'that could not be replaced is told about with the reason',
    503,
    'Truphone Connect refused the access token, and there is no new one yet: No answer.',
    { failure: { message: 'No answer.', retryAt: 1 } },
  ],
  [
    'that is a moment old is told about with the pause',
    502,
    'Truphone Connect refused an access token that was obtained only a moment ago. Token requests keep a pause of a few seconds; after it the next request gets a new one.',
    { step: { action: 'use', because: 'guarded' }, accessToken: rejected },
  ],
  [
    'after others is told about with the longer pause',
    502,
    'Truphone Connect refused the access token, as it refused others before. The engine pauses before it asks for another one; until then each request tries the one that is held.',
    { step: { action: 'use', because: 'unanswered' }, accessToken: rejected },
  ],
  [
    'whose request could not be sent again is replaced by the next',
    502,
    'Truphone Connect answered 401: it refused the access token. The next request gets a new one.',
    { step: { action: 'refresh', rung: 'refresh-token', because: 'rejected' }, accessToken: rejected },
  ],
  [
    'that was replaced since is not called new',
    502,
    'Truphone Connect answered 401: it refused the access token. The next request may fare better.',
    { step: { action: 'use', because: 'guarded' }, accessToken: { ...rejected, isRejected: false } },
  ],
])('a refused access token %s', async (_what, status, message, explanation) => {
  const refused = ask(answering('no', { status: 401 }), { explanation })
  await expect(refused).rejects.toMatchObject({ status, code: 'api_refused', message })
})

test.each([429, 503])('an API that answers %i may be asked again, when it says', async status => {
  await expect(ask(answering('', { status, headers: { 'retry-after': '7' } }))).rejects.toMatchObject({
    status: 503,
    code: 'api_unavailable',
    retryAfter: '7',
  })
})

test.each(['<html>', '{"records":1}', '', 'null'])('the body %j is no list of records', async body => {
  await expect(ask(answering(body))).rejects.toMatchObject({ status: 502, code: 'api_unreadable' })
})

test('an API without a connection is unreachable', async () => {
  const fetch = async (): Promise<never> => {
    throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
  }
  await expect(ask(fetch)).rejects.toMatchObject({
    status: 502,
    message: 'The API of Truphone Connect cannot be reached.',
  })
})

test('an API that is too slow is given up', async () => {
  const fetch: typeof globalThis.fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
    })
  await expect(ask(fetch, { timeoutMs: 1 })).rejects.toMatchObject({ status: 504, code: 'api_timeout' })
})

test('an error of Evergrant passes untouched', async () => {
  const error = new NetworkError('no answer', { code: 'network_timeout', wasSent: true })
  await expect(ask(() => Promise.reject(error))).rejects.toBe(error)
})
