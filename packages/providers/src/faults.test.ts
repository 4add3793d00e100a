import { isMalformedResponseError, isNetworkError } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import type { Fault } from '@evergrant/emulator'
import { describe, expect, test } from 'vitest'
import { createWorld, identities, ready } from './scenario.test-support.ts'
import type { World } from './scenario.test-support.ts'

// Every fault of a token endpoint × every identity: what the caller sees, what the server sees, what is kept.
// docs/reliability.md describes the answers, one row for each.

interface FaultCase {
  readonly name: string
  readonly fault: Fault
  /** What a caller without a valid token gets: an error's code, or a token. */
  readonly expected:
    'server_unavailable' | 'network_error' | 'network_timeout' | 'malformed_response' | 'a token'
  /** Virtual milliseconds until the server may be asked again. */
  readonly pauseMs?: number
}

const cases: readonly FaultCase[] = [
  ...[500, 502, 504].map((status): FaultCase => ({
    name: `${status}`,
    fault: { kind: 'status', status },
    expected: 'server_unavailable',
  })),
  ...[503, 429].flatMap((status): FaultCase[] => [
    {
      name: `${status} with Retry-After in seconds`,
      fault: { kind: 'status', status, headers: { 'retry-after': '90' } },
      expected: 'server_unavailable',
      pauseMs: 90_000,
    },
    {
      name: `${status} with Retry-After as a date`,
      fault: { kind: 'status', status, headers: { 'retry-after': 'DATE' } },
      expected: 'server_unavailable',
      pauseMs: 60_000,
    },
  ]),
  {
    name: 'a reset before the server acted',
    fault: { kind: 'reset', when: 'before' },
    expected: 'network_error',
  },
  {
    name: 'a reset after the server acted',
    fault: { kind: 'reset', when: 'after' },
    expected: 'network_error',
  },
  { name: 'an HTML page with 200', fault: { kind: 'html' }, expected: 'malformed_response' },
  { name: 'truncated JSON', fault: { kind: 'truncated-json' }, expected: 'malformed_response' },
  { name: 'an empty answer', fault: { kind: 'empty' }, expected: 'malformed_response' },
  {
    name: 'an error inside a 200',
    fault: { kind: 'error-in-200', error: 'temporarily_unavailable' },
    expected: 'server_unavailable',
  },
  {
    name: 'a redirect to the same origin',
    fault: { kind: 'redirect', to: 'same-origin' },
    expected: 'malformed_response',
  },
  {
    name: 'a redirect to a foreign origin',
    fault: { kind: 'redirect', to: 'foreign-origin', status: 307 },
    expected: 'malformed_response',
  },
  { name: 'an endless body', fault: { kind: 'endless-body' }, expected: 'malformed_response' },
  { name: 'a gzip bomb', fault: { kind: 'gzip-bomb' }, expected: 'malformed_response' },
  {
    name: 'a body of a byte a second',
    fault: { kind: 'slow-body', bytesPerSecond: 1 },
    expected: 'network_timeout',
  },
  { name: 'an answer after 3 s', fault: { kind: 'delay', ms: 3000 }, expected: 'a token' },
  { name: 'an answer after 15 s', fault: { kind: 'delay', ms: 15_000 }, expected: 'network_timeout' },
]

const faultOf = ({ fault }: FaultCase, world: World): Fault => {
  if (fault.kind !== 'status' || fault.headers?.['retry-after'] !== 'DATE') return fault
  return { ...fault, headers: { 'retry-after': new Date(world.clock.wall() + 60_000).toUTCString() } }
}

const outcomeOf = async (world: World, call: Promise<string>): Promise<string> =>
  world.clock.runUntil(
    call.then(
      () => 'a token',
      (error: unknown) =>
        isNetworkError(error) || isMalformedResponseError(error) ? error.code : String(error),
    ),
  )

const exchanges = (world: World): string[] =>
  world.emulator.journal.entries({ kind: 'token' }).map(entry => String(entry.grantType))

/** The failure's `retryAt` is the server's own, and nothing is sent before it, whoever calls. */
const expectSilence = async (tokens: TokenManager, world: World, pauseMs: number): Promise<void> => {
  const sent = world.tokenRequests()
  const retryAt = tokens.explain().failure?.retryAt ?? 0
  const leftMs = retryAt - world.clock.wall()
  // The callers before took up to a second.
  expect(leftMs).toBeGreaterThan(pauseMs - 1_000)
  expect(leftMs).toBeLessThanOrEqual(pauseMs)
  await world.clock.advance(leftMs - 1)
  expect(await outcomeOf(world, tokens.getAccessToken())).toBe('server_unavailable')
  expect(world.tokenRequests()).toBe(sent)
}

describe.each(identities)('$name', identity => {
  test.each(cases)(
    'without a valid token, at $name: a typed error, no storm, and nothing is given up',
    async faultCase => {
      const world = createWorld()
      const tokens = await ready(identity, world)
      // A sign-in has obtained the token already; asking for it would count as use, and the timer would renew it.
      if (identity.signIn === undefined) await tokens.getAccessToken()
      await world.clock.advance((tokens.explain().accessToken?.lifetimeMs ?? 0) + 1)
      world.emulator.journal.clear()
      const already = world.tokenRequests()
      const handle = identity.provider(world.emulator).faults.add(faultOf(faultCase, world))
      expect(await outcomeOf(world, tokens.getAccessToken())).toBe(faultCase.expected)
      const sent = world.tokenRequests()
      expect([handle.applied, sent - already]).toEqual([1, 1])
      const again = Array.from({ length: 20 }, () => tokens.getAccessToken().catch(() => undefined))
      await world.clock.runUntil(Promise.all(again))
      if (faultCase.expected !== 'a token') expect(world.tokenRequests()).toBe(sent)
      if (faultCase.pauseMs !== undefined) await expectSilence(tokens, world, faultCase.pauseMs)
      await world.clock.advance(Math.max(faultCase.pauseMs ?? 0, 310_000))
      expect((await tokens.fetch(identity.path)).status).toBe(200)
      expect(new Set(exchanges(world))).toEqual(new Set([identity.renewalGrant]))
    },
  )

  test.each(cases)(
    'with a valid token, $name passes unnoticed, and the token is renewed all the same',
    async faultCase => {
      const world = createWorld()
      const tokens = await ready(identity, world)
      const held = await tokens.getAccessToken()
      await world.clock.advance((tokens.explain().next?.at ?? 0) - world.clock.wall() - 1)
      const handle = identity.provider(world.emulator).faults.add(faultOf(faultCase, world))
      await world.clock.advance(2)
      expect(await tokens.getAccessToken()).toBe(held)
      await world.clock.advance(50)
      expect(handle.applied).toBe(1)
      await world.clock.advance((tokens.explain().accessToken?.lifetimeMs ?? 0) + 310_000)
      expect((await tokens.fetch(identity.path)).status).toBe(200)
    },
  )
})
