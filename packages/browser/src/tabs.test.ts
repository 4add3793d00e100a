import { isEvergrantError } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { FakeServer } from './fake-server.test-support.ts'
import { FakeBrowser, site } from './fake-tabs.test-support.ts'
import type { FakeTab } from './fake-tabs.test-support.ts'

const ann = { username: 'ann', password: 'fake-password' }
const bob = { username: 'bob', password: 'fake-password' }

let clock: VirtualClock
let server: FakeServer
let browser: FakeBrowser

beforeEach(() => {
  clock = new VirtualClock()
  server = new FakeServer(clock)
  browser = new FakeBrowser(server.answer, { clock })
})

const run = <T>(promise: Promise<T>): Promise<T> => clock.runUntil(promise)
const openTabs = (count: number, options: Parameters<FakeBrowser['open']>[0] = {}): FakeTab[] =>
  Array.from({ length: count }, () => browser.open(options))
const askAll = (tabs: readonly FakeTab[], callers = 20): Promise<string[]> =>
  run(Promise.all(tabs.flatMap(tab => Array.from({ length: callers }, () => tab.tokens.getAccessToken()))))
const timed = async (promise: Promise<unknown>): Promise<number> => {
  const startedAt = clock.monotonic()
  await run(promise)
  return clock.monotonic() - startedAt
}

describe('eight tabs with twenty callers each', () => {
  test.each([
    ['agree', {}],
    ['whose clocks differ agree', { clockAheadMs: 77_000_000 }],
  ])('%s: twenty expiries are twenty requests', async (_what, odd) => {
    server.signIn('ann')
    const tabs = [...openTabs(7), browser.open(odd)]
    for (let expiry = 1; expiry <= 20; expiry++) {
      const tokens = await askAll(tabs)
      expect(new Set(tokens).size).toBe(1)
      expect(server.count('token')).toBe(expiry)
      await clock.advance(server.lifetimeMs)
    }
  })

  test('all watched, renew each token once, ahead of its end', async () => {
    server.signIn('ann')
    const tabs = openTabs(8)
    for (const { tokens } of tabs) tokens.subscribe(() => undefined)
    await askAll(tabs, 1)
    const expiresAt = (): unknown[] =>
      tabs.map(({ tokens }) => tokens.getSnapshot()).map(known => 'expiresAt' in known && known.expiresAt)
    for (let round = 1; round < 10; round++) {
      const before = server.count('token')
      await clock.advance(300_000)
      expect(server.count('token') - before).toBeLessThanOrEqual(2)
      expect(new Set(expiresAt()).size).toBeLessThanOrEqual(8)
      expect(new Set(tabs.map(({ tokens }) => tokens.peekAccessToken())).size).toBe(1)
    }
    expect(server.count('token')).toBeLessThan(14)
  })

  test('without locks still get one token after a moment, and never wait', async () => {
    server.signIn('ann')
    const tabs = openTabs(8, { hasLocks: false })
    await askAll(tabs, 1)
    await clock.advance(100)
    expect(server.count('token')).toBeLessThanOrEqual(8)
    expect(new Set(tabs.map(({ tokens }) => tokens.peekAccessToken())).size).toBe(1)
  })

  test('without a channel work each for itself', async () => {
    server.signIn('ann')
    const tabs = openTabs(8, { hasChannel: false })
    expect(new Set(await askAll(tabs)).size).toBe(1)
  })
})

test('C76 a new tab gets the token from another one, without a request', async () => {
  server.signIn('ann')
  const [first] = openTabs(1)
  const token = await run(first!.tokens.getAccessToken())
  first!.tokens.subscribe(() => undefined)
  const [second] = openTabs(1)
  expect(await run(second!.tokens.getAccessToken())).toBe(token)
  expect(server.count('token')).toBe(1)
  expect(second!.events.map(({ type }) => type)).toContain('token-adopted')
})

test('listeners hear of a token that changes nothing else to see', async () => {
  server.signIn('ann')
  const [tab] = openTabs(1)
  await run(tab!.tokens.load())
  let told = 0
  tab!.tokens.subscribe(() => told++)
  const send = (accessToken: string, generation: number): void => {
    const token = { type: 'token', signInId: 'sign-in-1', scope: '', generation, accessToken, ageMs: 0 }
    for (const channel of tab!.channels) channel.receive(token)
  }
  send('fake-token-1', 1)
  const [before, toldBefore] = [tab!.tokens.getSnapshot(), told]
  send('fake-token-2', 2)
  expect(tab!.tokens.getSnapshot()).toBe(before)
  expect(tab!.tokens.peekAccessToken()).toBe('fake-token-2')
  expect(told).toBe(toldBefore + 1)
})

test('the lock of a scope is another one than the lock that counts the tabs', async () => {
  server.signIn('ann')
  const [tab] = openTabs(1)
  const tokens = tab!.tokens.variant({ scope: 'tabs' })
  expect(await timed(tokens.getAccessToken())).toBeLessThan(100)
  expect(tab!.events.map(({ type }) => type)).not.toContain('lock-timed-out')
})

test('no time is lost with questions where there is no other tab', async () => {
  server.signIn('ann')
  const [only] = openTabs(1)
  await run(only!.tokens.load())
  expect(await timed(only!.tokens.getAccessToken())).toBeLessThanOrEqual(50)
})

describe('the tab that holds the lock', () => {
  let tabs: FakeTab[]
  beforeEach(async () => {
    server.signIn('ann')
    tabs = openTabs(4)
    for (const { tokens } of tabs) tokens.subscribe(() => undefined)
    await askAll(tabs, 1)
    await clock.advance(100)
    for (const { page } of tabs) page.show(false)
    await clock.advance(400_000)
    browser.latencyMs = 1000
    void tabs[0]!.tokens.getAccessToken().catch(() => undefined)
    await clock.advance(400)
  })

  test('is closed: the next one goes on at once', async () => {
    tabs[0]!.kill()
    expect(await timed(tabs[1]!.tokens.getAccessToken())).toBeLessThanOrEqual(1200)
  })

  test('is frozen: nobody waits longer than the lock timeout and one request', async () => {
    tabs[0]!.freeze()
    const waits = await Promise.all(tabs.slice(1).map(({ tokens }) => timed(tokens.getAccessToken())))
    expect(Math.max(...waits)).toBeLessThanOrEqual(5000 + 1000 + 50)
    expect(tabs[1]!.events.some(({ type }) => type === 'lock-timed-out')).toBe(true)
  })

  test('is frozen for long: later renewals do not wait as long again', async () => {
    tabs[0]!.freeze()
    await run(Promise.all(tabs.slice(1).map(({ tokens }) => tokens.getAccessToken())))
    await clock.advance(400_000)
    expect(await timed(tabs[1]!.tokens.getAccessToken())).toBeLessThanOrEqual(1500)
  })

  test('is frozen, and what it heard meanwhile does not pass for new', async () => {
    tabs[0]!.freeze()
    await run(tabs[1]!.tokens.getAccessToken())
    await clock.advance(3_600_000)
    tabs[0]!.thaw()
    const token = await run(tabs[0]!.tokens.getAccessToken())
    const { expiresAt } = tabs[0]!.tokens.getSnapshot() as { expiresAt: number }
    expect(server.expiries.get(token)).toBeGreaterThan(clock.wall())
    expect(expiresAt).toBeGreaterThan(clock.wall())
    expect(expiresAt).toBeLessThanOrEqual(server.expiries.get(token)!)
  })
})

test('a tab that was frozen in the middle of a request gets the token of another one', async () => {
  server.signIn('ann')
  const [frozen, other] = openTabs(2)
  for (const { tokens } of [frozen!, other!]) tokens.subscribe(() => undefined)
  await run(Promise.all([frozen!.tokens.load(), other!.tokens.load()]))
  let isFirst = true
  server.instead = route => {
    if (route !== 'token' || !isFirst) return undefined
    isFirst = false
    return new Promise(() => undefined)
  }
  const waiting = frozen!.tokens.getAccessToken()
  await clock.advance(100)
  frozen!.freeze()
  const token = await run(other!.tokens.getAccessToken())
  frozen!.thaw()
  await clock.advance(300)
  expect(frozen!.tokens.peekAccessToken()).toBe(token)
  expect(await waiting).toBe(token)
})

test('F3 a token that comes late does not replace a newer one', async () => {
  server.signIn('ann')
  const [one, two] = openTabs(2)
  for (const { tokens } of [one!, two!]) tokens.subscribe(() => undefined)
  await run(one!.tokens.getAccessToken())
  const late = browser.messages.slice()
  await clock.advance(10_000)
  await run(one!.tokens.refresh())
  await clock.advance(10)
  const token = one!.tokens.peekAccessToken()
  for (const message of late) two!.channels.forEach(channel => channel.receive(message))
  expect(two!.tokens.peekAccessToken()).toBe(token)
})

describe('another user', () => {
  test('in another tab takes this one over: the token of the first is gone at once', async () => {
    const [one, two] = openTabs(2)
    await run(one!.tokens.signIn(ann))
    const old = await run(one!.tokens.getAccessToken())
    await run(two!.tokens.load())
    const seen: unknown[] = []
    one!.tokens.subscribe(() => {
      const known = one!.tokens.getSnapshot()
      seen.push('username' in known ? known.username : known.status)
    })
    await run(two!.tokens.signIn(bob))
    expect(one!.tokens.peekAccessToken()).toBeUndefined()
    const token = await run(one!.tokens.getAccessToken())
    expect([server.owners.get(old), server.owners.get(token)]).toEqual([
      'sign-in-1',
      server.session?.signInId,
    ])
    expect(seen.filter(name => name !== seen.at(-1) || name === 'bob')).toContain('bob')
    expect(seen).toContain('pending')
  })

  test('is no news where nobody was signed in: a sign-in under way is not called off by tabs that are opened', async () => {
    const [one, two] = openTabs(2)
    one!.tokens.subscribe(() => undefined)
    server.instead = async route => {
      const ms = route === 'sign-in' ? 300 : 100
      await new Promise<void>(resolve => void clock.schedule(() => resolve(), ms))
      return undefined
    }
    const signingIn = one!.tokens.signIn(ann)
    two!.tokens.subscribe(() => undefined)
    void one!.tokens.load()
    await run(signingIn)
    await clock.advance(1000)
    for (const { tokens } of [one!, two!])
      expect(tokens.getSnapshot()).toMatchObject({ status: 'authenticated', username: 'ann' })
  })

  test('signs out everywhere', async () => {
    const tabs = openTabs(3)
    await run(tabs[0]!.tokens.signIn(ann))
    await askAll(tabs, 1)
    await run(tabs[1]!.tokens.signOut())
    await clock.advance(10)
    expect(tabs.map(({ tokens }) => tokens.getSnapshot().status)).toEqual(Array(3).fill('unauthenticated'))
    expect(tabs.map(({ tokens }) => tokens.peekAccessToken())).toEqual(Array(3).fill(undefined))
    expect(server.count('session')).toBe(2)
  })

  test('signed out is final, until another tab signs somebody in', async () => {
    const [one, two] = openTabs(2)
    for (const { tokens } of [one!, two!]) tokens.subscribe(() => undefined)
    await clock.advance(100)
    expect(one!.tokens.getSnapshot().status).toBe('unauthenticated')
    await run(two!.tokens.signIn(ann))
    await clock.advance(100)
    expect(one!.tokens.getSnapshot()).toMatchObject({ status: 'authenticated', username: 'ann' })
  })

  test('F14 a message that comes late brings back neither a token nor a user', async () => {
    const [one, two] = openTabs(2)
    await run(one!.tokens.signIn(ann))
    await run(one!.tokens.getAccessToken())
    const old = browser.messages.slice()
    await run(two!.tokens.signIn(bob))
    const token = await run(one!.tokens.getAccessToken())
    for (const message of old) one!.channels.forEach(channel => channel.receive(message))
    await clock.advance(100)
    expect(one!.tokens.getSnapshot()).toMatchObject({ username: 'bob' })
    const now = await run(one!.tokens.getAccessToken())
    expect([server.owners.get(token), server.owners.get(now)]).toEqual(
      Array(2).fill(server.session?.signInId),
    )
  })

  test('a session that the server ended is over in all tabs', async () => {
    const [one, two] = openTabs(2)
    await run(one!.tokens.signIn(ann))
    await run(two!.tokens.load())
    server.session = undefined
    const code = await run(
      two!.tokens.getAccessToken().catch((error: unknown) => isEvergrantError(error) && error.code),
    )
    expect(code).toBe('reauthorization_required')
    await clock.advance(10)
    expect(one!.tokens.getSnapshot().status).toBe('unauthenticated')
  })
})

test.each<unknown>([
  null,
  'token',
  [],
  { type: 'token' },
  { type: 'token', signInId: 'sign-in-1', scope: '', generation: 99, accessToken: 'fake\nevil', ageMs: 0 },
  { type: 'token', signInId: 'sign-in-1', scope: '', generation: 99, accessToken: 7, ageMs: 0 },
  {
    type: 'token',
    signInId: 'sign-in-1',
    scope: '',
    generation: 9,
    accessToken: 'x',
    ageMs: 0,
    remainingMs: -1,
  },
  { type: 'token', signInId: 'sign-in-1', scope: '', generation: 9, accessToken: 'x', ageMs: Number.NaN },
  { type: 'token', signInId: 'sign-in-1', scope: '', generation: 1.5, accessToken: 'x', ageMs: 0 },
  { type: 'token', signInId: 'sign-in-2', scope: '', generation: 9, accessToken: 'x', ageMs: 0 },
  {
    type: 'token',
    signInId: 'sign-in-1',
    scope: '',
    generation: 9,
    accessToken: 'x',
    ageMs: 0,
    answers: 'nobody',
  },
  { type: 'signed-in' },
  { type: 'signed-in', signInId: 'line\nbreak' },
  { type: 'signed-out', signInId: 7 },
  { type: 'reload' },
])('a message that is none changes nothing: %j', async data => {
  server.signIn('ann')
  const [tab] = openTabs(1)
  const token = await run(tab!.tokens.getAccessToken())
  const before = tab!.tokens.getSnapshot()
  for (const channel of tab!.channels) channel.receive(data)
  await clock.advance(100)
  expect(tab!.tokens.getSnapshot()).toBe(before)
  expect(tab!.tokens.peekAccessToken()).toBe(token)
  expect(server.count('session')).toBe(1)
})

test('C86 messages hold the access token alone, and no instant of a clock', async () => {
  const tabs = openTabs(2)
  await run(tabs[0]!.tokens.signIn(ann))
  await askAll(tabs)
  const text = JSON.stringify(browser.messages)
  expect(text).not.toContain('fake-password')
  expect(text).not.toContain('ann@')
  expect(text).not.toMatch(/[^-\d]1[89]\d{11}/)
  expect(tabs[0]!.requests[0]!.url.startsWith(site)).toBe(true)
})
