import type { Fault } from '@evergrant/emulator'
import { describe, expect, test } from 'vitest'
import { createWorld, identities } from './scenario.test-support.ts'
import { expectRenewal, inUse, statuses, traffic } from './traffic.test-support.ts'

// Every fault of a resource API × every identity: what the caller sees, what the servers see, what is kept.
// docs/reliability.md describes the answers, one row for each.

interface ApiFaultCase {
  readonly name: string
  readonly fault: Fault
  /** What the caller of `fetch` gets, as `seen` puts it. */
  readonly sees: string
  /** What reached the servers, in order; undefined: one API request, whatever became of it. */
  readonly servers?: readonly string[]
  readonly keeps?: 'a new token'
}

const words = 'In the words of the API'
const refusal = (error: string): { 'www-authenticate': string } => ({
  'www-authenticate': `Bearer realm="api, v1", error="${error}"`,
})
const oneRefresh = ['api 401', 'renewal 200', 'api 200']

const cases: readonly ApiFaultCase[] = [
  {
    name: '401 invalid_token once',
    fault: { kind: 'status', status: 401, headers: refusal('invalid_token') },
    sees: '200 records',
    servers: oneRefresh,
    keeps: 'a new token',
  },
  {
    name: '401 without a challenge once',
    fault: { kind: 'status', status: 401 },
    sees: '200 records',
    servers: oneRefresh,
    keeps: 'a new token',
  },
  {
    name: '401 for the new token too',
    fault: { kind: 'status', status: 401, body: words, headers: refusal('invalid_token'), times: 2 },
    sees: `401 ${words}`,
    servers: ['api 401', 'renewal 200', 'api 401'],
    keeps: 'a new token',
  },
  {
    name: '401 insufficient_scope',
    fault: { kind: 'status', status: 401, body: words, headers: refusal('insufficient_scope') },
    sees: `401 ${words}`,
    servers: ['api 401'],
  },
  {
    name: '403',
    fault: { kind: 'status', status: 403, body: words, headers: refusal('insufficient_scope') },
    sees: `403 ${words}`,
    servers: ['api 403'],
  },
  {
    name: '500',
    fault: { kind: 'status', status: 500, body: words },
    sees: `500 ${words}`,
    servers: ['api 500'],
  },
  {
    name: '503 with Retry-After',
    fault: { kind: 'status', status: 503, body: words, headers: { 'retry-after': '90' } },
    sees: `503 ${words}, again in 90`,
    servers: ['api 503'],
  },
  {
    name: '429 with Retry-After',
    fault: { kind: 'status', status: 429, body: words, headers: { 'retry-after': '7' } },
    sees: `429 ${words}, again in 7`,
    servers: ['api 429'],
  },
  {
    name: 'a reset before the API acted',
    fault: { kind: 'reset', when: 'before' },
    sees: 'TypeError: fetch failed, ECONNRESET',
    servers: ['api 0'],
  },
  {
    name: 'a reset after the API acted',
    fault: { kind: 'reset', when: 'after' },
    sees: 'TypeError: fetch failed, ECONNRESET',
    servers: ['api 0'],
  },
  { name: 'an HTML page with 200', fault: { kind: 'html' }, sees: '200 a page' },
  { name: 'a truncated answer', fault: { kind: 'truncated-json' }, sees: '200 half of the records' },
  { name: 'an empty answer', fault: { kind: 'empty' }, sees: '200 ' },
  {
    name: 'an OAuth error inside a 200',
    fault: { kind: 'error-in-200', error: 'invalid_token' },
    sees: '200 {"error":"invalid_token","error_description":"The emulator was told to answer so"}',
  },
  {
    name: 'a redirect to the same origin',
    fault: { kind: 'redirect', to: 'same-origin' },
    sees: '200 records',
    servers: ['api 307', 'api 200'],
  },
  {
    name: 'a redirect to a foreign origin',
    fault: { kind: 'redirect', to: 'foreign-origin', status: 302 },
    sees: '404 from elsewhere',
    servers: ['api 302', 'elsewhere 404'],
  },
  { name: 'an answer after 30 s', fault: { kind: 'delay', ms: 30_000 }, sees: '200 records' },
  {
    name: 'a body that takes seconds',
    fault: { kind: 'slow-body', bytesPerSecond: 5000 },
    sees: '200 records',
  },
  { name: 'an endless body', fault: { kind: 'endless-body' }, sees: '200 more than 2 MiB' },
  { name: 'a gzip bomb', fault: { kind: 'gzip-bomb' }, sees: '200 more than 2 MiB' },
]

/** As a careful caller reads: up to a limit. */
const readUpTo = async (response: Response, limit: number): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > limit) return 'more than 2 MiB'
  }
  return text
}

const bodyOf = async (response: Response): Promise<string> => {
  const text = await readUpTo(response, 2 ** 21)
  if (new URL(response.url).hostname === 'foreign.test') return 'from elsewhere'
  if (text.startsWith('<!doctype html>')) return 'a page'
  if (text.length < 500) return text
  try {
    JSON.parse(text)
    return 'records'
  } catch {
    return 'half of the records'
  }
}

/** What a caller gets, in words. An error's own name and cause show whether it is the platform's. */
const seen = async (call: Promise<Response>): Promise<string> => {
  try {
    const response = await call
    const again = response.headers.get('retry-after')
    const body = await bodyOf(response)
    return `${response.status} ${body}${again === null ? '' : `, again in ${again}`}`
  } catch (error) {
    const cause: unknown = error instanceof Error ? error.cause : undefined
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    return `${String(error)}, ${code}`
  }
}

describe.each(identities)('$name', identity => {
  test.each(cases)(
    '$name from the API: the caller of fetch sees $sees',
    async ({ fault, sees, servers, keeps }) => {
      const world = createWorld()
      const tokens = await inUse(identity, world)
      const held = await tokens.getAccessToken()
      const handle = identity.provider(world.emulator).faults.add({ ...fault, on: 'api' })
      expect(await world.clock.runUntil(seen(tokens.fetch(identity.path)))).toBe(sees)
      expect(handle.applied).toBe(fault.times ?? 1)
      expect(traffic(world, identity)).toEqual(servers ?? ['api 200'])
      const kept = (await tokens.getAccessToken()) === held ? 'the same token' : 'a new token'
      expect(kept).toBe(keeps ?? 'the same token')
      expect((await tokens.fetch(identity.path)).status).toBe(200)
      expect(traffic(world, identity).slice(servers?.length ?? 1)).toEqual(['api 200'])
      await expectRenewal(identity, world, tokens)
    },
  )

  test('the token is handed to the platform in the one header that it takes off at a foreign origin', async () => {
    const world = createWorld()
    const handed: Request[] = []
    const send: typeof fetch = (input, init) => {
      handed.push(new Request(input, init))
      return world.options().fetch(input, init)
    }
    const tokens = await inUse(identity, {
      ...world,
      options: () => ({ ...world.options(), fetch: send }),
    })
    const held = await tokens.getAccessToken()
    identity.provider(world.emulator).faults.add({ kind: 'redirect', to: 'foreign-origin', on: 'api' })
    handed.length = 0
    expect(await seen(tokens.fetch(identity.path))).toBe('404 from elsewhere')
    expect(handed.map(({ url, redirect }) => [new URL(url).hostname === 'foreign.test', redirect])).toEqual([
      [false, 'follow'],
    ])
    const [request] = handed
    const places = [['url', request?.url ?? ''], ...(request?.headers ?? [])]
    expect(places.filter(([, value]) => value?.includes(held))).toEqual([['authorization', `Bearer ${held}`]])
  })

  test('a token revoked under 50 callers costs each of them one replay, and all of them one renewal', async () => {
    const world = createWorld()
    const tokens = await inUse(identity, world)
    identity.provider(world.emulator).revokeAccessTokens()
    expect(await statuses(50, identity, tokens)).toEqual(new Set([200]))
    expect(traffic(world, identity).toSorted()).toEqual([
      ...Array.from({ length: 50 }, () => 'api 200'),
      ...Array.from({ length: 50 }, () => 'api 401'),
      'renewal 200',
    ])
    await expectRenewal(identity, world, tokens)
  })

  test('an API that refuses every token gets its 401 back; renewals follow after pauses that grow to five minutes', async () => {
    const world = createWorld()
    const tokens = await inUse(identity, world)
    const begunAt = world.clock.wall()
    const provider = identity.provider(world.emulator)
    provider.refuseAllAccessTokens(true)
    expect(await statuses(50, identity, tokens)).toEqual(new Set([401]))
    expect(world.emulator.journal.count({ kind: 'api' })).toBe(100)
    for (let second = 0; second < 610; second += 5) {
      expect((await tokens.fetch(identity.path)).status).toBe(401)
      await world.clock.advance(5000)
    }
    provider.refuseAllAccessTokens(false)
    expect(await statuses(50, identity, tokens)).toEqual(new Set([200]))
    // The first 50 were replayed; since then, each call was sent once.
    expect(world.emulator.journal.count({ kind: 'api' })).toBe(100 + 122 + 50)
    const renewals = world.emulator.journal.entries({ kind: 'token' })
    expect(renewals.map(({ at }) => (at - begunAt) / 1000)).toEqual([0, 10, 30, 70, 150, 310, 610])
    expect(new Set(renewals.map(entry => entry.grantType))).toEqual(new Set([identity.renewalGrant]))
    await expectRenewal(identity, world, tokens)
  })

  test('an API that stops refusing takes the held token at once, and nothing is renewed for the refusals', async () => {
    const world = createWorld()
    const tokens = await inUse(identity, world)
    const provider = identity.provider(world.emulator)
    provider.refuseAllAccessTokens(true)
    expect((await tokens.fetch(identity.path)).status).toBe(401)
    expect(traffic(world, identity)).toEqual(['api 401', 'renewal 200', 'api 401'])
    provider.refuseAllAccessTokens(false)
    world.emulator.journal.clear()
    expect((await tokens.fetch(identity.path)).status).toBe(200)
    await world.clock.advance(9999)
    expect((await tokens.fetch(identity.path)).status).toBe(200)
    expect(traffic(world, identity)).toEqual(['api 200', 'api 200'])
    await world.clock.advance(1)
    expect(await statuses(50, identity, tokens)).toEqual(new Set([200]))
    expect(traffic(world, identity).filter(entry => entry !== 'api 200')).toEqual([])
    await expectRenewal(identity, world, tokens)
  })
})
