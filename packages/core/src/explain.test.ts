import { describe, expect, test } from 'vitest'
import { createBench, rejection } from './engine.test-support.ts'
import { passwordGrant } from './index.ts'

const user = { username: 'fake-user', password: 'fake-password' }

describe('explain', () => {
  test('before the first call says what that call will do, without doing it', () => {
    const bench = createBench()
    expect(bench.manager().explain()).toMatchObject({
      summary:
        'The next call waits for a new access token, because no access token is held. For that the grant is used.',
      step: { action: 're-grant', because: 'missing' },
      accessToken: undefined,
    })
    expect(bench.server.tokenRequests).toHaveLength(0)
  })

  test('with a fresh token tells how long it is used and what comes next, and that comes true', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    const { next, summary } = tokens.explain()
    expect(summary).toMatch(
      /^The access token is used from memory for another 5 min\. In [45] min the grant is used\.$/,
    )
    await bench.clock.advance((next?.at ?? 0) - bench.clock.wall() - 1)
    await tokens.getAccessToken()
    expect(bench.server.tokenRequests).toHaveLength(1)
    await bench.clock.advance(2)
    expect(bench.server.tokenRequests).toHaveLength(2)
  })

  test('during an outage says that the valid token is used, and when the next try is', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(280_000)
    bench.server.answer({ status: 503, body: '', headers: { 'retry-after': '12' } })
    await tokens.getAccessToken()
    expect(tokens.explain()).toMatchObject({
      summary:
        'The access token is still valid for another 20 s and is used, although the last exchange failed. In 12 s the exchange is tried again.',
      failure: { message: expect.stringContaining('answered 503'), retryAt: bench.clock.wall() + 12_000 },
    })
  })

  test('after a refusal and a failed exchange says that there is no good token, not that the old one is used', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(30_000)
    bench.server.refused.add('access-1')
    bench.server.answer({ status: 503, body: '', headers: { 'retry-after': '12' } })
    expect((await tokens.fetch('https://api.example.test/v1/things')).status).toBe(401)
    expect(bench.server.apiRequests).toHaveLength(1)
    expect(tokens.explain().summary).toBe(
      'The API refused the access token, and the last exchange brought no other. In 12 s the exchange is tried again.',
    )
  })

  test('says that a person has to sign in, and why', async () => {
    const bench = createBench()
    const tokens = bench.users().for('user-1')
    expect(tokens.explain().summary).toBe('A person has to sign in: nobody has yet.')
    await tokens.signIn(passwordGrant(user))
    expect(tokens.explain().next).toEqual({ action: 'sign-in', at: bench.clock.wall() + 300_000 })
    await tokens.signOut()
    expect(tokens.explain().summary).toBe('A person has to sign in: the user signed out.')
  })

  test('of a rejected password names the refusal and no next try', async () => {
    const bench = createBench()
    const tokens = bench.manager({ grant: passwordGrant(user) })
    bench.server.answer({ status: 400, body: { error: 'invalid_grant' } })
    await rejection(tokens.getAccessToken())
    expect(tokens.explain()).toMatchObject({
      summary: 'The server refused the configured credentials. They are not tried again before they change.',
      step: { action: 'reauthorize' },
      canRegrant: false,
      failure: { message: expect.stringContaining('Check the user name'), retryAt: undefined },
    })
  })
})
