import { describe, expect, test } from 'vitest'
import { alice, apiUrl, createBench } from './engine.test-support.ts'
import { passwordGrant, isNeedsRefreshError, isReauthorizationRequiredError } from './index.ts'

describe('a manager that only reads', () => {
  test('F4 hands out what is held, also in the last part of its life, and starts no refresh', async () => {
    const bench = createBench()
    const { clock, server } = bench
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await clock.advance(280_000)
    const reading = tokens.readOnly()
    expect(await reading.getAccessToken()).toBe('access-1')
    expect((await reading.fetch(`${apiUrl}things`)).status).toBe(200)
    await clock.advance(1)
    expect(server.tokenRequests).toHaveLength(1)
  })

  test('F4 never exchanges: a token that is due is a NeedsRefreshError that says what to do', async () => {
    const bench = createBench()
    const { clock, server } = bench
    const tokens = bench.manager()
    const reading = tokens.readOnly()
    await expect(reading.getAccessToken()).rejects.toSatisfy(isNeedsRefreshError)
    await tokens.getAccessToken()
    await clock.advance(10_000)
    await expect(reading.getAccessToken({ forceRefresh: true })).rejects.toSatisfy(isNeedsRefreshError)
    await expect(reading.getAccessToken({ minTtlMs: 295_000 })).rejects.toSatisfy(isNeedsRefreshError)
    await clock.advance(291_000)
    await expect(reading.getAccessToken()).rejects.toThrow(
      /is due, and what a refresh returns cannot be stored here/,
    )
    await expect(reading.variant({ scope: 'read' }).getAccessToken()).rejects.toSatisfy(isNeedsRefreshError)
    expect(server.tokenRequests).toHaveLength(1)
  })

  test('sees what another process has written', async () => {
    const bench = createBench()
    await bench.manager().getAccessToken()
    expect(await bench.manager().readOnly().getAccessToken()).toBe('access-1')
  })

  test('hands a refusal back, sends nothing twice, and lets the next refresh know', async () => {
    const bench = createBench()
    const { clock, server } = bench
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await clock.advance(30_000)
    server.refused.add('access-1')
    expect((await tokens.readOnly().fetch(`${apiUrl}things`)).status).toBe(401)
    expect(server.apiRequests).toHaveLength(1)
    expect(await tokens.getAccessToken()).toBe('access-2')
  })

  test('sends no token to another origin', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await expect(tokens.readOnly().fetch('https://elsewhere.example.test/')).rejects.toMatchObject({
      code: 'origin_not_allowed',
    })
  })

  test('says that nobody has signed in, and who has signed out', async () => {
    const bench = createBench()
    const tokens = bench.users().for('anna')
    await expect(tokens.readOnly().getAccessToken()).rejects.toSatisfy(isReauthorizationRequiredError)
    await tokens.signIn(passwordGrant(alice))
    expect(await tokens.readOnly().getAccessToken()).toBe('access-1')
    await tokens.signOut()
    await expect(tokens.readOnly().getAccessToken()).rejects.toMatchObject({ reason: 'signed-out' })
  })
})

describe('load', () => {
  test('makes a manager know what the store holds, without asking the server', async () => {
    const bench = createBench()
    const { server } = bench
    await bench.manager().getAccessToken()
    const other = bench.manager()
    expect(other.getSnapshot().status).toBe('pending')
    await other.load()
    expect(other.getSnapshot().status).toBe('authenticated')
    expect(server.tokenRequests).toHaveLength(1)
  })
})

test('C68 a token set can be narrowed: it names the expiry of the narrow token', async () => {
  const bench = createBench()
  const { clock, server } = bench
  const tokens = bench.manager()
  await tokens.getAccessToken()
  await clock.advance(10_000)
  const narrow = await tokens.getTokenSet({ scope: 'read' })
  expect(server.tokenRequests.at(-1)?.parameters.get('scope')).toBe('read')
  expect(narrow).toMatchObject({ accessToken: 'access-2', expiresAt: clock.wall() + 300_000 })
  expect((await tokens.getTokenSet()).accessToken).toBe('access-1')
})
