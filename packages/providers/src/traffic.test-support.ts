import { isReauthorizationRequiredError } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { expect } from 'vitest'
import { ready } from './scenario.test-support.ts'
import type { Identity, World } from './scenario.test-support.ts'

/** What reached the servers, in order. A token request that is not the renewal's own grant stands out. */
export const traffic = (world: World, identity: Identity): string[] =>
  world.emulator.journal.entries().map(({ path, kind, grantType, status }) => {
    if (path.startsWith('/_foreign/')) return `elsewhere ${status}`
    if (kind !== 'token') return `${kind} ${status}`
    return `${grantType === identity.renewalGrant ? 'renewal' : grantType} ${status}`
  })

/** A manager whose token has served for a minute, and a journal that begins now. */
export const inUse = async (identity: Identity, world: World): Promise<TokenManager> => {
  const tokens = await ready(identity, world)
  expect((await tokens.fetch(identity.path)).status).toBe(200)
  await world.clock.advance(60_000)
  world.emulator.journal.clear()
  return tokens
}

/** What the API answers to `count` callers at once. */
export const statuses = async (
  count: number,
  identity: Identity,
  tokens: TokenManager,
): Promise<Set<number>> => {
  const calls = Array.from({ length: count }, async () => (await tokens.fetch(identity.path)).status)
  return new Set(await Promise.all(calls))
}

/** Lets the access token expire that the manager holds now. */
export const lifeLater = async (world: World, tokens: TokenManager): Promise<void> =>
  world.clock.advance((tokens.explain().accessToken?.lifetimeMs ?? 0) + 1)

/** One life later, the next call takes one renewal by the usual grant: no sign-in was given up. */
export const expectRenewal = async (
  identity: Identity,
  world: World,
  tokens: TokenManager,
): Promise<void> => {
  world.emulator.journal.clear()
  await lifeLater(world, tokens)
  expect((await tokens.fetch(identity.path)).status).toBe(200)
  expect(traffic(world, identity)).toEqual(['renewal 200', 'api 200'])
}

/**
 * `callers` at once (50) learn that a person is needed and why; the servers see `traffic` and then nothing for an hour,
 * whoever calls. A sign-in ends it.
 */
export const expectPerson = async (
  identity: Identity,
  world: World,
  tokens: TokenManager,
  expected: { readonly reason: string; readonly traffic: readonly string[]; readonly callers?: number },
): Promise<void> => {
  const askAll = async (length = 50): Promise<Set<unknown>> => {
    const calls = Array.from({ length }, async () =>
      tokens.fetch(identity.path).then(
        response => response.status,
        (error: unknown) => (isReauthorizationRequiredError(error) ? error.reason : String(error)),
      ),
    )
    return new Set(await Promise.all(calls))
  }
  expect(await askAll(expected.callers)).toEqual(new Set([expected.reason]))
  expect(traffic(world, identity)).toEqual(expected.traffic)
  await world.clock.advance(3_600_000)
  expect(await askAll()).toEqual(new Set([expected.reason]))
  expect(traffic(world, identity)).toEqual(expected.traffic)
  await identity.signIn?.(tokens, world)
  expect(await askAll()).toEqual(new Set([200]))
}

/** A manager that holds a token nobody has used: no timer renews it. The journal and the events begin now. */
export const unused = async (identity: Identity, world: World): Promise<TokenManager> => {
  const tokens = await ready(identity, world)
  // A sign-in has obtained the token already; asking for it would count as use.
  if (identity.signIn === undefined) await tokens.getAccessToken()
  world.emulator.journal.clear()
  world.events.length = 0
  return tokens
}

/**
 * 50 callers at once, spread over the managers; all get one token, and the API takes it. A manager that has not seen
 * the record yet looks four times a second whether its sibling is done, so time goes on.
 */
export const askAtOnce = async (
  { clock }: World,
  identity: Identity,
  managers: readonly [TokenManager, ...TokenManager[]],
): Promise<string> => {
  const calls = Array.from({ length: 50 }, async (_, index) =>
    (managers[index % managers.length] ?? managers[0]).getAccessToken(),
  )
  const [token = '', ...others] = new Set(await clock.runUntil(Promise.all(calls)))
  expect(others).toEqual([])
  expect(await statuses(1, identity, managers[0])).toEqual(new Set([200]))
  return token
}

/** The token requests, in order. */
export const exchanges = (world: World, identity: Identity): string[] =>
  traffic(world, identity).filter(entry => !entry.startsWith('api '))

/** By which rung each token was obtained. */
export const rungs = (world: World): string[] =>
  world.events.flatMap(event => (event.type === 'token-obtained' ? [event.rung] : []))

/** What five lives bring, each the same. */
export const five = (...entries: readonly string[]): string[] =>
  Array.from({ length: 5 }, () => entries).flat()
