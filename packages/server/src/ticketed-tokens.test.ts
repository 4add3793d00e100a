import { passwordGrant } from '@evergrant/core'
import type { TokenStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { VirtualClock } from '@evergrant/testing'
import { memoryStore } from '@evergrant/core'
import { describe, expect, test } from 'vitest'
import { createTicketedTokens } from './ticketed-tokens.ts'
import type { SessionTicket, TicketedTokens } from './ticketed-tokens.ts'

type Mode = 'store' | 'cookie'

function world(tokensIn: Mode) {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: () => clock.wall() })
  emulator.travis.configure({ rotation: 'reuse-detection' })
  const store = memoryStore({ clock })
  const tokens = ticketed(emulator, clock, store, tokensIn)
  return { clock, emulator, store, tokens }
}

function ticketed(emulator: Emulator, clock: VirtualClock, store: TokenStore, tokensIn: Mode) {
  const { clientId, clientSecret } = emulator.travis.credentials.customerClient
  const { tokenEndpoint } = emulator.travis.endpoints()
  const authorization = travis.customers({ clientId, clientSecret, tokenEndpoint })
  const { fetch } = emulator
  return createTicketedTokens(authorization, { clock, store, fetch, tokensIn, maxAgeMs: 86_400_000 })
}

async function signIn(emulator: Emulator, tokens: TicketedTokens, index: 0 | 1 = 0): Promise<SessionTicket> {
  const { username, password } = emulator.travis.credentials.customers[index]
  return tokens.signIn({ grant: passwordGrant({ username, password }), username })
}

async function use(tokens: TicketedTokens, ticket: SessionTicket): Promise<string> {
  const opened = await tokens.open(ticket)
  if (opened === undefined) throw new Error('The ticket opens nothing.')
  return opened.manager.getAccessToken()
}

async function renewed(tokens: TicketedTokens, ticket: SessionTicket): Promise<SessionTicket | undefined> {
  return (await tokens.open(ticket))?.renew()
}

describe.each(['store', 'cookie'] as const)('tickets with the tokens in the %s', mode => {
  test('share one refresh among all requests, and an older ticket gets the new tokens', async () => {
    const { clock, emulator, tokens } = world(mode)
    const ticket = await signIn(emulator, tokens)
    await clock.advance(301_000)
    const answers = await Promise.all(Array.from({ length: 50 }, () => use(tokens, ticket)))
    expect(new Set(answers).size).toBe(1)
    await clock.advance(60_000)
    expect(await use(tokens, ticket)).toBe(answers[0])
    expect(emulator.journal.count({ kind: 'token', grantType: 'refresh_token' })).toBe(1)
  })

  test('end with a sign-out, also an older one and in another process', async () => {
    const { clock, emulator, store, tokens } = world(mode)
    const ticket = await signIn(emulator, tokens)
    const other = ticketed(emulator, clock, store, mode)
    await use(other, ticket)
    await (await tokens.open(ticket))?.manager.signOut()
    expect(await tokens.open(ticket)).toBeUndefined()
    expect(await other.open(ticket)).toBeUndefined()
  })

  test('open nobody else’s tokens', async () => {
    const { emulator, tokens } = world(mode)
    const [anna, luca] = [await signIn(emulator, tokens, 0), await signIn(emulator, tokens, 1)]
    expect(await use(tokens, anna)).not.toBe(await use(tokens, luca))
    await (await tokens.open(anna))?.manager.signOut()
    expect(await use(tokens, luca)).toBeTruthy()
  })

  test.each([undefined, null, 'x', {}, { id: 'short' }, { id: 7 }])(
    'that are none open nothing: %j',
    async value => {
      expect(await world(mode).tokens.open(value)).toBeUndefined()
    },
  )

  test('take over what a library obtained', async () => {
    const { emulator, tokens } = world(mode)
    const ticket = await tokens.begin({ accessToken: 'fake-access', lifetimeMs: 300_000 })
    expect(await use(tokens, ticket)).toBe('fake-access')
    expect(emulator.journal.count()).toBe(0)
  })

  test('are limited: the sixth wrong password is not tried', async () => {
    const { emulator, tokens } = world(mode)
    const { username } = emulator.travis.credentials.customers[0]
    const tries = []
    for (let index = 0; index < 6; index++) {
      const grant = passwordGrant({ username, password: 'wrong' })
      tries.push(await tokens.signIn({ grant, username }).catch((error: unknown) => (error as Error).name))
    }
    expect(tries.at(4)).toBe('AuthorizationServerError')
    expect(tries.at(5)).toBe('TooManyAttemptsError')
    expect(emulator.journal.count({ kind: 'token' })).toBe(5)
  })
})

test('a ticket of the store is a name, and stays the same', async () => {
  const { clock, emulator, tokens } = world('store')
  const ticket = await signIn(emulator, tokens)
  expect(Object.keys(ticket)).toEqual(['id'])
  await clock.advance(301_000)
  await use(tokens, ticket)
  expect(await renewed(tokens, ticket)).toBe(ticket)
})

test('a ticket of the cookie carries the newest tokens to a process that knows nothing', async () => {
  const { clock, emulator, tokens } = world('cookie')
  const ticket = await signIn(emulator, tokens)
  expect(await renewed(tokens, ticket)).toBe(ticket)
  await clock.advance(301_000)
  const token = await use(tokens, ticket)
  const next = await renewed(tokens, ticket)
  if (next === undefined) throw new Error('Nobody signed out.')
  expect(next).not.toEqual(ticket)
  const restarted = ticketed(emulator, clock, memoryStore({ clock }), 'cookie')
  expect(await use(restarted, next)).toBe(token)
})

test('a read-only use of a ticket of the cookie never refreshes', async () => {
  const { clock, emulator, tokens } = world('cookie')
  const ticket = await signIn(emulator, tokens)
  await clock.advance(301_000)
  const opened = await tokens.open(ticket)
  await expect(opened?.readOnly.getAccessToken()).rejects.toMatchObject({ name: 'NeedsRefreshError' })
  expect(emulator.journal.count({ kind: 'token', grantType: 'refresh_token' })).toBe(0)
})

test.each([
  ['store', 'cookie'],
  ['cookie', 'store'],
] as const)('a change from %s to %s signs nobody out', async (before, after) => {
  const { clock, emulator, store, tokens } = world(before)
  const ticket = await signIn(emulator, tokens)
  const later = ticketed(emulator, clock, store, after)
  expect(await use(later, ticket)).toBeTruthy()
  const next = await renewed(later, ticket)
  expect(next?.record === undefined).toBe(after === 'store')
})

test('a ticket of the cookie is as old as it is, also to a process that knows nothing', async () => {
  const { clock, emulator, tokens } = world('cookie')
  const ticket = await signIn(emulator, tokens)
  const first = await use(tokens, ticket)
  await tokens.dispose()
  await clock.advance(301_000)
  const restarted = ticketed(emulator, clock, memoryStore({ clock }), 'cookie')
  expect(await use(restarted, ticket)).not.toBe(first)
  expect(emulator.journal.count({ kind: 'token', grantType: 'refresh_token' })).toBe(1)
})

test('a ticket of the cookie is not renewed after a sign-out that came in between', async () => {
  const { emulator, tokens } = world('cookie')
  const opened = await tokens.open(await signIn(emulator, tokens))
  await opened?.manager.signOut()
  expect(await opened?.renew()).toBeUndefined()
})

test('a ticket of the cookie with tokens of another sign-in does not replace those that are known', async () => {
  const { emulator, tokens } = world('cookie')
  const [anna, luca] = [await signIn(emulator, tokens, 0), await signIn(emulator, tokens, 1)]
  const token = await use(tokens, anna)
  const record = JSON.stringify({ ...JSON.parse(luca.record ?? ''), generation: 99 })
  expect(await use(tokens, { ...anna, record })).toBe(token)
})

test('a server that is down uses up no tries', async () => {
  const { emulator, tokens } = world('store')
  emulator.travis.faults.add({ kind: 'status', status: 503, on: 'token', times: 1000 })
  const { username, password } = emulator.travis.credentials.customers[0]
  for (let index = 0; index < 7; index++) {
    const failed = tokens.signIn({ grant: passwordGrant({ username, password }), username })
    await expect(failed).rejects.toMatchObject({ name: 'NetworkError' })
  }
  emulator.travis.faults.clear()
  expect(await use(tokens, await signIn(emulator, tokens))).toBeTruthy()
})
