import type { TokenSet } from '@evergrant/core'
import { AccessTokenNotExposedError, ReauthorizationRequiredError } from '@evergrant/core/source'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, mediated, now } from './auth-handler.test-support.ts'
import type { Answered } from './auth-handler.test-support.ts'
import { fakeSecrets, FakeSession } from './session.test-support.ts'

let session: FakeSession
beforeEach(() => {
  session = new FakeSession()
  session.state = { status: 'authenticated', signInId: 'a', username: 'zoe', expiresAt: now + 60_000 }
})

const token = (members?: unknown, options = {}): Promise<Answered> =>
  ask(
    session,
    'token',
    { method: 'POST', ...(members !== undefined && { body: JSON.stringify(members) }) },
    { ...mediated, ...options },
  )

const asSomebody = (signInId: string): void => {
  session.state = { status: 'authenticated', signInId, username: 'zoe', expiresAt: now + 60_000 }
}

describe('token', () => {
  test('C69 does not exist without token mediation, and names the option', async () => {
    for (const method of ['POST', 'GET']) {
      const { answer, text, code } = await ask(session, 'token', { method })
      expect([answer.status, code]).toEqual([404, 'not_found'])
      expect(text).toContain('tokenMediation')
    }
    expect(session.calls).toEqual([])
  })

  test('answers the access token and how long it lives', async () => {
    session.tokens = { ...session.tokens, scope: 'read write', expiresAt: now + 5000 }
    const { answer, body } = await token()
    expect(answer.status).toBe(200)
    expect(body).toEqual({
      accessToken: fakeSecrets.accessToken,
      tokenType: 'Bearer',
      expiresInMs: 5000,
      scope: 'read write',
      signInId: 'a',
    })
  })

  test('leaves out what the server did not name', async () => {
    const { body } = await token()
    expect(body).toEqual({ accessToken: fakeSecrets.accessToken, tokenType: 'Bearer', signInId: 'a' })
  })

  test('tells no negative time of a token that is over', async () => {
    session.tokens = { ...session.tokens, expiresAt: now - 1 }
    expect((await token()).body).toMatchObject({ expiresInMs: 0 })
  })

  test('C69 never answers the refresh token, nor anything else that a set of tokens may hold', async () => {
    const { refreshToken } = fakeSecrets
    session.tokens = { ...session.tokens, refreshToken, idToken: 'fake-id-token' } as TokenSet
    expect((await token()).text).not.toMatch(/refresh|fake-id-token/i)
  })

  test('hands on how fresh the token must be', async () => {
    await token({ minTtlMs: 30_000, forceRefresh: true, signInId: 'a', unknown: 1 })
    expect(session.calls).toEqual([
      { call: 'getTokenSet', options: { minTtlMs: 30_000, forceRefresh: true, scope: undefined } },
    ])
  })

  test.each<[string, unknown]>([
    ['scope', { scope: 7 }],
    ['scope', { scope: '' }],
    ['scope', { scope: 'read  write' }],
    ['scope', { scope: 'read\nwrite' }],
    ['scope', { scope: ['read'] }],
    ['minTtlMs', { minTtlMs: -1 }],
    ['minTtlMs', { minTtlMs: '30' }],
    ['forceRefresh', { forceRefresh: 'yes' }],
    ['signInId', { signInId: 7 }],
  ])('refuses a %s that is none: %j', async (name, members) => {
    const { answer, text } = await token(members)
    expect(answer.status).toBe(400)
    expect(text).toContain(`"message":"${name} must be`)
    expect(session.calls).toEqual([])
  })

  test('without anybody signed in is 401, and asks for no token', async () => {
    session.state = { status: 'unauthenticated' }
    const { answer, code } = await token({ signInId: 'a' })
    expect([answer.status, code]).toEqual([401, 'reauthorization_required'])
    expect(session.calls).toEqual([])
  })

  test('C70 that fails carries the cookies of a session that ended over it', async () => {
    const error = new ReauthorizationRequiredError('Sign in again.', { reason: 'refresh-token-refused' })
    session.fails = { getTokenSet: error }
    const onError = vi.fn()
    const { answer, body } = await token(undefined, { onError })
    expect(answer.status).toBe(401)
    expect(body).toEqual({ error: { code: 'reauthorization_required', message: 'Sign in again.' } })
    expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(onError).toHaveBeenCalledExactlyOnceWith(error, expect.any(Request))
  })

  test('of a session that exposes none is 403', async () => {
    session.fails = { getTokenSet: new AccessTokenNotExposedError('m') }
    expect((await token()).answer.status).toBe(403)
  })
})

describe('C68 a scope', () => {
  test('is asked of the session, which narrows to it', async () => {
    session.tokens = { ...session.tokens, scope: 'read' }
    const { body } = await token({ scope: 'read' })
    expect(session.calls).toMatchObject([{ call: 'getTokenSet', options: { scope: 'read' } }])
    expect(body).toMatchObject({ scope: 'read' })
  })

  test.each([
    ['read', 'read'],
    ['read write', 'write read'],
    ['read write', 'read'],
    ['read', undefined],
    ['read', ''],
  ])('of %j may be answered by a token of %j', async (asked, granted) => {
    session.tokens = { ...session.tokens, scope: granted }
    expect((await token({ scope: asked })).answer.status).toBe(200)
  })

  test.each([
    ['read', 'read write'],
    ['read', 'write'],
    ['read', 'readwrite'],
    ['read', 'Read'],
  ])('of %j is never answered by a token of %j', async (asked, granted) => {
    session.tokens = { ...session.tokens, scope: granted }
    const { answer, code, text } = await token({ scope: asked })
    expect([answer.status, code]).toEqual([502, 'scope_too_wide'])
    expect(text).not.toContain(fakeSecrets.accessToken)
  })
})

describe('the page that names its sign-in', () => {
  test('gets no token of somebody who signed in meanwhile in another tab', async () => {
    asSomebody('b')
    const { answer, code, text } = await token({ signInId: 'a' })
    expect([answer.status, code]).toEqual([409, 'session_changed'])
    expect(text).not.toContain('"b"')
    expect(session.calls).toEqual([])
  })

  test.each([
    ['somebody else signs in', () => asSomebody('b')],
    ['the user signs out', () => void (session.state = { status: 'unauthenticated' })],
  ])('gets no token if %s while the server is asked', async (_what, meanwhile) => {
    session.meanwhile = meanwhile
    for (const members of [{ signInId: 'a' }, {}]) {
      asSomebody('a')
      const { answer, text } = await token(members)
      expect(answer.status).toBe(409)
      expect(text).not.toContain(fakeSecrets.accessToken)
    }
  })
})
