import { settle } from '@evergrant/testing'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { connectionError, createBench, rejection, tokenEndpoint } from './engine.test-support.ts'
import {
  isAuthorizationServerError,
  isConfigurationError,
  isDisposedError,
  isMalformedResponseError,
  isNetworkError,
  isOriginNotAllowedError,
  isReauthorizationRequiredError,
  isSupersededError,
  memoryStore,
  passwordGrant,
  refreshTokenGrant,
} from './index.ts'
import type { TokenStore } from './index.ts'

const user = { username: 'fake-user', password: 'fake-password' }
const withRefreshToken = (token: string): Record<string, unknown> => ({
  token_type: 'Bearer',
  expires_in: 300,
  refresh_token: token,
})

describe('the fast path', () => {
  test('returns the same resolved promise while the token is fresh, and does no I/O', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(tokens.getAccessToken()).toBe(tokens.getAccessToken())
    await bench.clock.advance(200_000)
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests).toHaveLength(1)
  })

  test('survives methods that are passed as values', async () => {
    const { getAccessToken, fetch } = createBench().manager()
    expect(await getAccessToken()).toBe('access-1')
    expect(await (await fetch('things')).json()).toEqual({ token: 'access-1' })
  })
})

describe('one refresh', () => {
  test('C74 10,000 concurrent callers of an expired token cause one token request', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer({ delayMs: 300 })
    const calls = Array.from({ length: 10_000 }, () => tokens.getAccessToken())
    const answers = await bench.clock.runUntil(Promise.all(calls))
    expect(new Set(answers)).toEqual(new Set(['access-2']))
    expect(bench.server.tokenRequests).toHaveLength(2)
  }, 30_000)

  test('C75 10,000 callers of which half abort still cause one token request', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer({ delayMs: 300 })
    const abort = new AbortController()
    const leaving = Array.from({ length: 5000 }, () => tokens.getAccessToken({ signal: abort.signal }))
    const staying = Array.from({ length: 5000 }, () => tokens.getAccessToken())
    const left = Promise.allSettled(leaving)
    await bench.clock.advance(100)
    abort.abort(new Error('the caller left'))
    const outcomes = await left
    expect(
      outcomes.every(outcome => outcome.status === 'rejected' && outcome.reason === abort.signal.reason),
    ).toBe(true)
    const answers = await bench.clock.runUntil(Promise.all(staying))
    expect(new Set(answers)).toEqual(new Set(['access-2']))
    expect(bench.server.tokenRequests).toHaveLength(2)
  }, 30_000)

  test('C75 the refresh goes on when its only caller aborts', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.answer({ delayMs: 300 })
    const abort = new AbortController()
    const call = rejection(tokens.getAccessToken({ signal: abort.signal }))
    await settle()
    abort.abort()
    expect(await call).toBe(abort.signal.reason)
    await bench.clock.advance(400)
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests).toHaveLength(1)
  })

  test('a signal that is already aborted rejects before any request', async () => {
    const bench = createBench()
    const call = bench.manager().getAccessToken({ signal: AbortSignal.abort() })
    expect(await rejection(call)).toMatchObject({ name: 'AbortError' })
    expect(bench.server.tokenRequests).toHaveLength(0)
  })

  test('F57 two managers of one credential share one request', async () => {
    const bench = createBench()
    bench.server.answer({ delayMs: 50 })
    const both = [bench.manager(), bench.manager()].map(tokens => tokens.getAccessToken())
    expect(await bench.clock.runUntil(Promise.all(both))).toEqual(['access-1', 'access-1'])
    expect(bench.server.tokenRequests).toHaveLength(1)
  })

  test('F14 10,000 interleaved users each get their own token', async () => {
    const bench = createBench()
    const users = bench.users()
    bench.server.defaults = { token_type: 'Bearer', expires_in: 300 }
    const ids = Array.from({ length: 10_000 }, (_, index) => `user-${index}`)
    for (const id of ids.slice(0, 200)) {
      bench.server.answer({ body: { access_token: `token-of-${id}`, token_type: 'Bearer', expires_in: 300 } })
      await users.for(id).signIn(passwordGrant({ username: id, password: 'fake-password' }))
    }
    const answers = await Promise.all(
      ids.map(id =>
        users
          .for(id)
          .getAccessToken()
          .catch(() => 'nobody'),
      ),
    )
    expect(answers).toEqual(ids.map((id, index) => (index < 200 ? `token-of-${id}` : 'nobody')))
    expect(bench.server.tokenRequests).toHaveLength(200)
  }, 30_000)
})

describe('a refusal by the API', () => {
  const used = async (): Promise<
    ReturnType<typeof createBench> & { tokens: ReturnType<ReturnType<typeof createBench>['manager']> }
  > => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(60_000)
    return { ...bench, tokens }
  }

  test('C33 C34 fifty late 401s cause one refresh and fifty replays', async () => {
    const { tokens, server, clock } = await used()
    server.refused.add('access-1')
    server.answer({ delayMs: 100 })
    const responses = Array.from({ length: 50 }, () => tokens.fetch('things'))
    const answers = await clock.runUntil(Promise.all(responses))
    expect(answers.map(response => response.status)).toEqual(Array(50).fill(200))
    expect(server.tokenRequests).toHaveLength(2)
    expect(server.apiRequests).toHaveLength(100)
  })

  test('what a caller does to the headers of one attempt does not reach the next', async () => {
    const { tokens } = await used()
    const attempt = await tokens.authorize({ url: 'things', method: 'GET' })
    attempt.headers.set('authorization', 'Basic fake')
    attempt.headers.set('x-own', '1')
    const next = await tokens.authorize({ url: 'things', method: 'GET' })
    expect([...next.headers]).toEqual([['authorization', 'Bearer access-1']])
  })

  test('C34 a 401 for an older token is replayed with the current one and refreshes nothing', async () => {
    const { tokens, server } = await used()
    const attempt = await tokens.authorize({ url: 'things', method: 'GET' })
    await tokens.getAccessToken({ forceRefresh: true })
    server.tokenRequests.length = 0
    expect(tokens.settle(attempt, { status: 401, headers: new Headers() })).toBe('replay')
    expect((await tokens.authorize({ url: 'things', method: 'GET' })).headers.get('authorization')).toBe(
      'Bearer access-2',
    )
    expect(server.tokenRequests).toHaveLength(0)
  })

  test('C35 a 403 refreshes nothing', async () => {
    const { tokens, server } = await used()
    const attempt = await tokens.authorize({ url: 'things', method: 'GET' })
    expect(tokens.settle(attempt, { status: 403, headers: new Headers() })).toBe('done')
    const scope = new Headers({ 'www-authenticate': 'Bearer error="insufficient_scope", scope="more"' })
    expect(tokens.settle(attempt, { status: 401, headers: scope })).toBe('done')
    await tokens.getAccessToken()
    expect(server.tokenRequests).toHaveLength(1)
  })

  test('F43 an API that takes a refused token again ends the matter: nothing is renewed for it', async () => {
    const bench = createBench()
    const { clock, server } = bench
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await clock.advance(40_000)
    server.refused.add('access-1').add('access-2')
    expect((await tokens.fetch('things')).status).toBe(401)
    await clock.advance(6000)
    expect(tokens.explain()).toMatchObject({ step: { because: 'unanswered' }, next: { action: 're-grant' } })
    expect(tokens.explain().next?.at).toBeGreaterThan(clock.wall())
    const early = tokens.authorize({ url: 'things', method: 'GET' })
    server.refused.clear()
    tokens.settle(await early, { status: 404, headers: new Headers() })
    expect(tokens.explain().step).toMatchObject({ because: 'unanswered' })
    expect((await tokens.fetch('things')).status).toBe(200)
    expect(tokens.explain().step).toEqual({ action: 'use', because: 'fresh' })
    await clock.advance(60_000)
    expect((await tokens.fetch('things')).status).toBe(200)
    expect(server.tokenRequests).toHaveLength(2)
  })

  test('C34 an answer that was under way when the token was refused does not vouch for it', async () => {
    const bench = createBench()
    const { clock, server } = bench
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await clock.advance(40_000)
    const earlier = await tokens.authorize({ url: 'things', method: 'GET' })
    const refused = await tokens.authorize({ url: 'things', method: 'GET' })
    expect(tokens.settle(refused, { status: 401, headers: new Headers() })).toBe('replay')
    expect(tokens.settle(earlier, { status: 200, headers: new Headers() })).toBe('done')
    const replay = await tokens.authorize({ url: 'things', method: 'GET' }, { replayOf: refused })
    expect(replay.headers.get('authorization')).toBe('Bearer access-2')
    expect(server.tokenRequests).toHaveLength(2)
  })

  test('F43 an API that refuses everything causes two sends and one refresh, and then its answers go back', async () => {
    const { tokens, server, clock } = await used()
    server.refused.add('access-1').add('access-2').add('access-3')
    expect((await tokens.fetch('things')).status).toBe(401)
    expect([server.apiRequests.length, server.tokenRequests.length]).toEqual([2, 2])
    await clock.advance(6000)
    expect((await tokens.fetch('things')).status).toBe(401)
    expect([server.apiRequests.length, server.tokenRequests.length]).toEqual([3, 2])
  })
})

describe('failures', () => {
  test('C26 a server error keeps the valid token in use, and the next call asks nothing more', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(275_000)
    bench.server.answer({ status: 503, body: '' })
    expect(await tokens.getAccessToken()).toBe('access-1')
    await settle()
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests).toHaveLength(2)
    bench.server.assertAllUsed()
  })

  test('C30 honours Retry-After', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.answer({ status: 429, body: '', headers: { 'retry-after': '120' } })
    const error = await rejection(tokens.getAccessToken())
    expect(isNetworkError(error) && error.retryAt).toBe(bench.clock.wall() + 120_000)
    await bench.clock.advance(119_000)
    expect(isNetworkError(await rejection(tokens.getAccessToken()))).toBe(true)
    expect(bench.server.tokenRequests).toHaveLength(1)
    await bench.clock.advance(1001)
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('C29 a wrong client secret is named, remembered for a few seconds, and never hammered', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.answer({
      status: 401,
      body: { error: 'invalid_client', error_description: 'fake-client-secret is wrong' },
    })
    const error = await rejection(tokens.getAccessToken())
    expect(isAuthorizationServerError(error) && [error.code, error.error]).toEqual([
      'client_misconfigured',
      'invalid_client',
    ])
    expect(String(error)).toContain('Check the client id and the client secret')
    for (let call = 0; call < 100; call++) expect(await rejection(tokens.getAccessToken())).toBe(error)
    expect(bench.server.tokenRequests).toHaveLength(1)
    await bench.clock.advance(5001)
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('a wrong password is tried once, and then never again', async () => {
    const bench = createBench()
    const tokens = bench.manager({ grant: passwordGrant(user) })
    bench.server.answer({
      status: 401,
      body: { error: 'invalid_grant', error_description: 'Invalid user credentials' },
    })
    const error = await rejection(tokens.getAccessToken())
    expect(isAuthorizationServerError(error) && error.code).toBe('credentials_rejected')
    expect(String(error)).toContain('Check the user name and the password')
    await bench.clock.advance(86_400_000)
    expect(isAuthorizationServerError(await rejection(tokens.getAccessToken()))).toBe(true)
    expect(bench.server.tokenRequests).toHaveLength(1)
  })

  test('a fleet tries a wrong password once, and a corrected one at once', async () => {
    const bench = createBench()
    bench.server.answer({ status: 400, body: { error: 'invalid_grant' } })
    await rejection(bench.manager({ grant: passwordGrant(user) }).getAccessToken())
    const sibling = bench.manager({ grant: passwordGrant(user), store: bench.store })
    const error = await rejection(sibling.getAccessToken())
    expect(isAuthorizationServerError(error) && error.code).toBe('credentials_rejected')
    expect(bench.server.tokenRequests).toHaveLength(1)
    const corrected = bench.manager({ grant: passwordGrant({ ...user, password: 'fake-corrected' }) })
    expect(await corrected.getAccessToken()).toBe('access-1')
  })

  test('a refused API key is a clear stop and is never erased', async () => {
    const bench = createBench()
    const tokens = bench.manager({ grant: refreshTokenGrant({ refreshToken: 'fake-api-key' }) })
    bench.server.answer({ status: 400, body: { error: 'invalid_grant' } })
    const error = await rejection(tokens.getAccessToken())
    expect(isAuthorizationServerError(error) && error.code).toBe('credentials_rejected')
    for (let attempt = 0; attempt < 10; attempt++) expect(await rejection(tokens.signIn())).toBe(error)
    expect(bench.server.tokenRequests).toHaveLength(1)
    await bench.clock.advance(5001)
    await tokens.signIn()
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('a host that does not exist and a refused connection say so, and were not sent', async () => {
    for (const [code, words] of [
      ['ENOTFOUND', 'the host name does not resolve'],
      ['ECONNREFUSED', 'the connection was refused'],
    ] as const) {
      const bench = createBench()
      bench.server.answer({ error: connectionError(code) })
      const error = await rejection(bench.manager().getAccessToken())
      expect(isNetworkError(error) && [error.code, error.wasSent]).toEqual(['network_error', false])
      expect(String(error)).toContain(`No answer from ${tokenEndpoint}: ${words}`)
    }
  })

  test('F34 an HTML page is no token response, and says what to check', async () => {
    const bench = createBench()
    bench.server.answer({ body: '<!doctype html><title>Maintenance</title>' })
    const error = await rejection(bench.manager().getAccessToken())
    expect(isMalformedResponseError(error) && error.isTransient).toBe(true)
    expect(String(error)).toContain('answered 200 with an HTML page')
  })

  test('F32 a caller gets an error at its deadline, and the late answer still counts', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.answer({ delayMs: 15_000 })
    const call = rejection(tokens.getAccessToken())
    await bench.clock.advance(10_001)
    expect(isNetworkError(await call) && (await call)).toMatchObject({
      code: 'network_timeout',
      isTransient: true,
    })
    await bench.clock.advance(5000)
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests).toHaveLength(1)
  })

  test('a prompt retry within the grace of a server does not outlive the claim', async () => {
    const bench = createBench()
    const rotation = { mode: 'rotating', graceMs: 60_000 } as const
    const tokens = bench.manager({ grant: passwordGrant(user), server: { rotation } })
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer({ delayMs: 20_000, status: 502, body: '' }, { delayMs: 60_000 })
    const call = rejection(tokens.getAccessToken())
    await bench.clock.advance(25_001)
    await call
    expect(bench.server.tokenRequests).toHaveLength(3)
    expect(bench.events.at(-1)).toMatchObject({ type: 'exchange-failed', code: 'network_timeout' })
  })

  test('an exchange that never ends is cut when its claim ends', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.answer({ delayMs: 10_000_000 })
    await bench.clock.runUntil(rejection(tokens.getAccessToken()))
    await bench.clock.advance(60_000)
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('C86 no secret is in any error, event, snapshot or explanation', async () => {
    const bench = createBench()
    const tokens = bench.manager({ grant: passwordGrant(user), server: { tokenRequest: 'get-query' } })
    const canaries = ['fake-password', 'fake-client-secret', 'access-1', 'refresh-canary']
    const echo = { error: 'server_exploded', error_description: 'bad: fake-password fake-client-secret' }
    bench.server.answer({
      error: new TypeError(`Failed to parse URL from ${tokenEndpoint}?password=fake-password`),
    })
    const seen: unknown[] = [await rejection(tokens.getAccessToken())]
    await bench.clock.advance(60_000)
    bench.server.answer({ status: 400, body: echo })
    seen.push(await rejection(tokens.getAccessToken()))
    await bench.clock.advance(600_000)
    bench.server.answer({ body: { access_token: 'access-1', ...withRefreshToken('refresh-canary') } })
    seen.push(await tokens.getTokenSet(), tokens, tokens.getSnapshot(), tokens.explain(), bench.events)
    const text = seen.map(
      value => `${String(value)} ${inspect(value, { depth: 9, showHidden: true })} ${JSON.stringify(value)}`,
    )
    for (const canary of canaries) expect(text.join('\n')).not.toContain(canary)
    bench.server.assertAllUsed()
  })
})

describe('the ladder', () => {
  test('C18 keeps the old refresh token when the response omits it', async () => {
    const bench = createBench()
    const tokens = bench.manager({ grant: passwordGrant(user) })
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.getAccessToken()
    for (let expiry = 0; expiry < 2; expiry++) {
      await bench.clock.advance(301_000)
      await tokens.getAccessToken()
    }
    expect(
      bench.server.tokenRequests.slice(1).map(request => request.parameters.get('refresh_token')),
    ).toEqual(['refresh-a', 'refresh-a'])
  })

  test('a dead refresh token leads to the grant in the same call', async () => {
    const bench = createBench()
    const tokens = bench.manager({ grant: passwordGrant(user) })
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Session not active' },
    })
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests.map(request => request.parameters.get('grant_type'))).toEqual([
      'password',
      'refresh_token',
      'password',
    ])
  })

  test('C85 a user whose refresh token died causes no traffic until somebody signs in', async () => {
    const bench = createBench()
    const tokens = bench.users().for('user-1')
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.signIn(passwordGrant(user))
    await bench.clock.advance(301_000)
    bench.server.answer({ status: 400, body: { error: 'invalid_grant' } })
    const error = await rejection(tokens.getAccessToken())
    expect(isReauthorizationRequiredError(error) && error.reason).toBe('refresh-token-refused')
    for (let call = 0; call < 60; call++) {
      await bench.clock.advance(60_000)
      expect(isReauthorizationRequiredError(await rejection(tokens.getAccessToken()))).toBe(true)
    }
    expect(bench.server.tokenRequests).toHaveLength(2)
  })

  test('a refresh token that the server does not accept from this client is not used again', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer({ status: 400, body: { error: 'unsupported_grant_type' } })
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('C26 only a readable refusal kills a refresh token: time-outs, resets and pages do not', async () => {
    const bench = createBench()
    const tokens = bench.users().for('user-1')
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.signIn(passwordGrant(user))
    await bench.clock.advance(301_000)
    bench.server.answer(
      { status: 502, body: '<html>' },
      { error: connectionError('ECONNRESET') },
      { body: '{"trunc' },
    )
    for (let failure = 0; failure < 3; failure++) {
      expect(await rejection(tokens.getAccessToken())).toMatchObject({ isTransient: true })
      await bench.clock.advance(120_000)
    }
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests.at(-1)?.parameters.get('refresh_token')).toBe('refresh-a')
    bench.server.assertAllUsed()
  })

  test('a refusal after a lost answer is reported as response-lost', async () => {
    const bench = createBench()
    const tokens = bench.users().for('user-1')
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.signIn(passwordGrant(user))
    await bench.clock.advance(301_000)
    bench.server.answer(
      { error: connectionError('ECONNRESET') },
      { status: 400, body: { error: 'invalid_grant' } },
    )
    await rejection(tokens.getAccessToken())
    await bench.clock.advance(60_000)
    const error = await rejection(tokens.getAccessToken())
    expect(isReauthorizationRequiredError(error) && error.reason).toBe('response-lost')
  })
})

describe('what a caller asks for', () => {
  test('minTtlMs beyond the lifetime gets the freshest token the server gives, without a loop', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(10_000)
    expect(await tokens.getAccessToken({ minTtlMs: 3_600_000 })).toBe('access-2')
    expect(bench.server.tokenRequests).toHaveLength(2)
  })

  test('exchanges keep a floor between them, whatever asks', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    for (let call = 0; call < 20; call++) await tokens.getAccessToken({ forceRefresh: true })
    expect(bench.server.tokenRequests).toHaveLength(1)
    await bench.clock.advance(5000)
    expect(await tokens.getAccessToken({ forceRefresh: true })).toBe('access-2')
  })

  test('F39 a server that returns the same token is not asked at every call', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    const body = { access_token: 'access-same', token_type: 'bearer', expires_in: 20 }
    bench.server.answer({ body: { ...body, expires_in: 300 } }, { body })
    await tokens.getAccessToken()
    await bench.clock.advance(280_000)
    for (let call = 0; call < 50; call++) {
      expect(await tokens.getAccessToken()).toBe('access-same')
      await bench.clock.advance(100)
    }
    expect(bench.server.tokenRequests).toHaveLength(2)
  })

  test('a variant has its own token and shares the family', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    const narrow = tokens.variant({ scope: 'b a' })
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(await narrow.getAccessToken()).toBe('access-2')
    expect(bench.server.tokenRequests[1]?.parameters.get('scope')).toBe('b a')
    expect(await tokens.variant({ scope: 'a b' }).getAccessToken()).toBe('access-2')
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('C8 a variant that comes first does not narrow the refresh token of the whole credential', async () => {
    const bench = createBench()
    const tokens = bench.manager({ grant: passwordGrant(user, { scope: 'read write' }) })
    bench.server.answer({ body: { access_token: 'access-narrow', ...withRefreshToken('refresh-narrow') } })
    expect(await tokens.variant({ scope: 'read' }).getAccessToken()).toBe('access-narrow')
    expect(await tokens.getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests.map(request => request.parameters.get('scope'))).toEqual([
      'read',
      'read write',
    ])
  })

  test('an invalid scope concerns its variant only', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    bench.server.answer({ status: 400, body: { error: 'invalid_scope' } })
    const narrow = tokens.variant({ scope: 'unknown' })
    expect(await rejection(narrow.getAccessToken())).toMatchObject({ code: 'request_refused' })
    expect(await rejection(narrow.getAccessToken())).toMatchObject({ code: 'request_refused' })
    expect(await tokens.getAccessToken({ forceRefresh: true })).toBe('access-1')
    expect(bench.server.tokenRequests).toHaveLength(2)
  })

  test.each([
    ['"300"', '"300"', 300_000],
    ['0', '0', 0],
    ['-1', '-1', -1000],
    ['null', 'null', undefined],
    ['"abc"', '"abc"', undefined],
    ['1e400', '1e400', undefined],
  ])('C14 C15 an expires_in of %s gives a usable token and no storm', async (_, json, lifetimeMs) => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.answer({ body: `{"access_token":"access-x","token_type":"Bearer","expires_in":${json}}` })
    expect(await tokens.getAccessToken()).toBe('access-x')
    expect(tokens.explain().accessToken?.lifetimeMs).toBe(lifetimeMs)
    for (let call = 0; call < 10; call++) expect(await tokens.getAccessToken()).toBe('access-x')
    expect(bench.server.tokenRequests).toHaveLength(1)
    expect(bench.clock.longestDelayMs).toBeLessThanOrEqual(3_600_000)
  })

  test('C15 a token without expires_in is used until the API refuses it', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.defaults = { token_type: 'Bearer' }
    await tokens.getAccessToken()
    await bench.clock.advance(365 * 86_400_000)
    expect(await tokens.getAccessToken()).toBe('access-1')
    bench.server.refused.add('access-1')
    expect((await tokens.fetch('things')).status).toBe(200)
    expect(bench.server.tokenRequests).toHaveLength(2)
  })
})

describe('time', () => {
  test('C83 a wall clock that jumps ahead expires the token', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(10_000)
    bench.clock.jumpWall(291_000)
    expect(await tokens.getAccessToken()).toBe('access-2')
  })

  test('F41 a machine that slept does not take an expired token for a fresh one, also when the server is down', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(10_000)
    bench.clock.jumpWall(12 * 3_600_000)
    bench.server.answer({ status: 503, body: '' })
    expect(isNetworkError(await rejection(tokens.getAccessToken()))).toBe(true)
    expect(isNetworkError(await rejection(tokens.getAccessToken()))).toBe(true)
    await bench.clock.advance(1001)
    expect(await tokens.getAccessToken()).toBe('access-2')
  })

  test('C83 a wall clock that is set back causes one refresh in the background', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    await bench.clock.advance(10_000)
    bench.clock.jumpWall(-3_600_000)
    expect(await tokens.getAccessToken()).toBe('access-1')
    await settle()
    expect(await tokens.getAccessToken()).toBe('access-2')
    await bench.clock.advance(10_000)
    expect(await tokens.getAccessToken()).toBe('access-2')
    expect(bench.server.tokenRequests).toHaveLength(2)
  })

  test('an unused credential is left alone', async () => {
    const bench = createBench()
    await bench.manager().getAccessToken()
    bench.server.tokenRequests.length = 0
    await bench.clock.advance(600_000)
    expect(bench.server.tokenRequests.length).toBeLessThanOrEqual(1)
    await bench.clock.advance(86_400_000)
    expect(bench.server.tokenRequests.length).toBeLessThanOrEqual(1)
  })

  test('a credential in use never makes a caller wait', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    await tokens.getAccessToken()
    for (let second = 0; second < 3600; second++) {
      await bench.clock.advance(1000)
      expect(tokens.explain().step.action).toMatch(/^use/)
      await tokens.getAccessToken()
    }
    expect(bench.server.tokenRequests.length).toBeLessThanOrEqual(16)
  })
})

describe('sign-in and sign-out', () => {
  test('a sign-in while callers wait gives them SupersededError, never another token', async () => {
    const bench = createBench()
    const tokens = bench.users().for('user-1')
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.signIn(passwordGrant(user))
    await bench.clock.advance(301_000)
    bench.server.answer({
      delayMs: 500,
      body: { access_token: 'access-old', ...withRefreshToken('refresh-old') },
    })
    const waiting = rejection(tokens.getAccessToken())
    await settle()
    bench.server.answer({ body: { access_token: 'access-b', ...withRefreshToken('refresh-b') } })
    await tokens.signIn(passwordGrant({ ...user, username: 'fake-other' }))
    await bench.clock.advance(600)
    expect(isSupersededError(await waiting)).toBe(true)
    expect(await tokens.getAccessToken()).toBe('access-b')
  })

  test('F58 a refresh that is under way at sign-out does not bring the session back', async () => {
    const bench = createBench()
    const tokens = bench.users().for('user-1')
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.signIn(passwordGrant(user))
    await bench.clock.advance(301_000)
    bench.server.answer({
      delayMs: 500,
      body: { access_token: 'access-late', ...withRefreshToken('refresh-late') },
    })
    const waiting = rejection(tokens.getAccessToken())
    await settle()
    await tokens.signOut()
    await bench.clock.advance(600)
    expect(isSupersededError(await waiting)).toBe(true)
    const error = await rejection(tokens.getAccessToken())
    expect(isReauthorizationRequiredError(error) && error.reason).toBe('signed-out')
    expect(tokens.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed-out' })
  })

  test('a configured credential stays signed out everywhere until signIn', async () => {
    const bench = createBench()
    const [here, there] = [bench.manager(), bench.manager()]
    await here.getAccessToken()
    await there.getAccessToken()
    await here.signOut()
    expect(isReauthorizationRequiredError(await rejection(here.getAccessToken()))).toBe(true)
    await bench.clock.advance(301_000)
    expect(isReauthorizationRequiredError(await rejection(there.getAccessToken()))).toBe(true)
    await here.signIn()
    await bench.clock.advance(1001)
    expect(await there.getAccessToken()).toBe(await here.getAccessToken())
  })

  test('F58 a sign-out while a credentials callback is pending is not undone by the claim', async () => {
    const bench = createBench()
    let answer: (credentials: typeof user) => void = () => undefined
    let isAsked = false
    const credentials = (): typeof user | Promise<typeof user> =>
      isAsked ? new Promise(resolve => (answer = resolve)) : user
    const tokens = bench.manager({ key: 'callback', grant: passwordGrant(credentials) })
    await tokens.getAccessToken()
    isAsked = true
    await bench.clock.advance(301_000)
    const waiting = rejection(tokens.getAccessToken())
    await settle()
    await tokens.signOut()
    answer(user)
    expect(isReauthorizationRequiredError(await waiting)).toBe(true)
    expect(tokens.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed-out' })
    expect(bench.server.tokenRequests).toHaveLength(1)
  })

  test('F58 a sign-out while a sign-in is under way wins', async () => {
    const bench = createBench()
    const tokens = bench.users().for('user-1')
    bench.server.answer({ delayMs: 500 })
    const signingIn = rejection(tokens.signIn(passwordGrant(user)))
    await settle()
    await tokens.signOut()
    await bench.clock.advance(600)
    expect(isSupersededError(await signingIn)).toBe(true)
    expect(isReauthorizationRequiredError(await rejection(tokens.getAccessToken()))).toBe(true)
  })

  test('a refused sign-in leaves the earlier one as it was', async () => {
    const bench = createBench()
    const tokens = bench.users().for('user-1')
    await tokens.signIn(passwordGrant(user))
    bench.server.answer({ status: 400, body: { error: 'invalid_grant' } })
    expect(await rejection(tokens.signIn(passwordGrant(user)))).toMatchObject({
      code: 'credentials_rejected',
    })
    expect(await tokens.getAccessToken()).toBe('access-1')
  })

  test('a password given to signIn is dropped, one from a callback is asked for again', async () => {
    const bench = createBench()
    const users = bench.users()
    await users.for('typed').signIn(passwordGrant(user))
    await users.for('vault').signIn(passwordGrant(async () => user))
    await bench.clock.advance(301_000)
    const error = await rejection(users.for('typed').getAccessToken())
    expect(isReauthorizationRequiredError(error) && error.reason).toBe('no-refresh-token')
    expect(await users.for('vault').getAccessToken()).toBe('access-3')
  })

  test('C56 sign-out revokes the refresh token and says whether the server confirmed', async () => {
    const bench = createBench()
    const tokens = bench.users({ revocationEndpoint: 'https://auth.example.test/revoke' }).for('user-1')
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.signIn(passwordGrant(user))
    expect(await tokens.signOut()).toEqual({ isSessionEnded: false, error: expect.anything() })
    expect(bench.server.otherRequests[0]?.parameters.get('token')).toBe('refresh-a')
  })
})

describe('configuration', () => {
  test('calls after dispose reject with DisposedError, and dispose drains what runs', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    bench.server.answer({ delayMs: 300 })
    const call = rejection(tokens.getAccessToken())
    await settle()
    const disposed = tokens.dispose()
    await bench.clock.advance(400)
    await disposed
    await call
    expect(isDisposedError(await rejection(tokens.getAccessToken()))).toBe(true)
    expect(isDisposedError(await rejection(tokens.signOut()))).toBe(true)
    expect(bench.clock.pendingTimers).toBe(0)
    expect(await bench.manager().getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests).toHaveLength(1)
  })

  test('two managers with one key and different clients are refused before anything is sent', async () => {
    const bench = createBench()
    const first = bench.manager({ key: 'shared' })
    expect(() => bench.manager({ key: 'shared', clientId: 'fake-other-client' })).toThrow(
      'The key "shared" is in use',
    )
    await first.getAccessToken()
    await first.dispose()
    const late = bench.manager({ key: 'shared', clientId: 'fake-other-client' })
    expect(isConfigurationError(await rejection(late.getAccessToken()))).toBe(true)
    expect(bench.server.tokenRequests).toHaveLength(1)
  })

  test('two managers with one key and different users are refused', () => {
    const bench = createBench()
    bench.manager({ key: 'shared', grant: passwordGrant(user) })
    const other = passwordGrant({ username: 'fake-other', password: 'fake-password' })
    expect(() => bench.manager({ key: 'shared', grant: other })).toThrow(
      'Give each credential a key of its own',
    )
  })

  test('C39 a URL outside the allowed origins is refused before anything is sent', async () => {
    const bench = createBench()
    const tokens = bench.manager()
    const error = await rejection(tokens.fetch('https://evil.example.test/steal'))
    expect(isOriginNotAllowedError(error)).toBe(true)
    expect(bench.server.tokenRequests).toHaveLength(0)
  })

  test('every wrong option is named at once', () => {
    const bench = createBench()
    expect(() => bench.manager({ timeoutMs: 0, holdMs: -1 })).toThrow(/timeoutMs must be.*\n.*holdMs must be/)
    expect(() => bench.manager({ server: { tokenEndpoint: 'http://auth.example.test/token' } })).toThrow(
      'allowInsecureHttp',
    )
    expect(() => bench.users().for('')).toThrow('A user needs an id')
  })
})

describe('the store', () => {
  const failing = (store: TokenStore): TokenStore & { isDown: boolean } => ({
    isDown: false,
    async read(key) {
      if (this.isDown) throw new Error('down')
      return store.read(key)
    },
    async write(key, payload, options) {
      if (this.isDown) throw new Error('down')
      return store.write(key, payload, options)
    },
  })

  test('C81 a store that is down takes nothing away: memory serves, the grant is repeated, a refresh token is not risked', async () => {
    const bench = createBench()
    const store = failing(memoryStore({ clock: bench.clock }))
    const tokens = bench.manager({ store })
    await tokens.getAccessToken()
    store.isDown = true
    await bench.clock.advance(200_000)
    expect(await tokens.getAccessToken()).toBe('access-1')
    await bench.clock.advance(101_000)
    expect(await tokens.getAccessToken()).toBe('access-2')
    expect(bench.events.some(event => event.type === 'degraded')).toBe(true)
    const guarded = createBench()
    const other = failing(memoryStore({ clock: guarded.clock }))
    const careful = guarded.manager({ store: other, grant: passwordGrant(user) })
    other.isDown = true
    expect(await rejection(careful.getAccessToken())).toMatchObject({ name: 'StoreError', isTransient: true })
    expect(guarded.server.tokenRequests).toHaveLength(0)
  })

  test('C79 a new refresh token that the store refuses is kept in memory and written later', async () => {
    const bench = createBench()
    const inner = memoryStore({ clock: bench.clock })
    const store = failing(inner)
    const tokens = bench.manager({ store, grant: passwordGrant(user) })
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer({
      delayMs: 100,
      body: { access_token: 'access-b', ...withRefreshToken('refresh-b') },
    })
    const call = tokens.getAccessToken()
    await bench.clock.advance(50)
    store.isDown = true
    await rejection(bench.clock.runUntil(call))
    await bench.clock.advance(30_000)
    expect(await tokens.getAccessToken()).toBe('access-b')
    store.isDown = false
    await bench.clock.advance(270_000)
    await tokens.getAccessToken()
    expect(bench.server.tokenRequests.at(-1)?.parameters.get('refresh_token')).toBe('refresh-b')
  })

  test('a record of a newer release that appears during a redemption is left alone, and the new tokens are used', async () => {
    const bench = createBench()
    const tokens = bench.manager({ key: 'shared', grant: passwordGrant(user) })
    bench.server.answer({ body: { access_token: 'access-a', ...withRefreshToken('refresh-a') } })
    await tokens.getAccessToken()
    await bench.clock.advance(301_000)
    bench.server.answer({
      delayMs: 100,
      body: { access_token: 'access-b', ...withRefreshToken('refresh-b') },
    })
    const call = tokens.getAccessToken()
    await bench.clock.advance(50)
    const stored = await bench.store.read('shared')
    await bench.store.write('shared', '{"schema":2}', { ifMatch: stored?.etag ?? null, writeId: 'newer' })
    expect(await bench.clock.runUntil(call)).toBe('access-b')
    expect((await bench.store.read('shared'))?.payload).toBe('{"schema":2}')
  })

  test('F2 a loser adopts the tokens of the winner and never clears them', async () => {
    const bench = createBench()
    const separate = (): TokenStore => failing(bench.store)
    const [winner, loser] = [bench.manager({ store: separate() }), bench.manager({ store: separate() })]
    await winner.getAccessToken()
    expect(await loser.getAccessToken()).toBe('access-1')
    expect(bench.server.tokenRequests).toHaveLength(1)
    await bench.clock.advance(301_000)
    bench.server.answer({ delayMs: 1000 })
    const both = [winner.getAccessToken(), loser.getAccessToken()]
    expect(await bench.clock.runUntil(Promise.all(both))).toEqual(['access-2', 'access-2'])
    expect(bench.server.tokenRequests).toHaveLength(2)
  })
})
