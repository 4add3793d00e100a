import {
  AuthorizationServerError,
  NetworkError,
  StoreError,
  TooManyAttemptsError,
} from '@evergrant/core/source'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, mediated, now } from './auth-handler.test-support.ts'
import type { Answered } from './auth-handler.test-support.ts'
import { FakeSession } from './session.test-support.ts'

let session: FakeSession
beforeEach(() => {
  session = new FakeSession()
  session.expiresAt = now + 60_000
})

const signIn = (members: unknown, options = {}): Promise<Answered> =>
  ask(session, 'sign-in', { method: 'POST', body: JSON.stringify(members) }, options)

const refusal = (errorDescription: string): AuthorizationServerError =>
  new AuthorizationServerError('The server said no.', {
    code: 'credentials_rejected',
    error: 'invalid_grant',
    errorDescription,
    status: 400,
  })

describe('sign-in', () => {
  test('C71 begins a new session, and answers who is signed in and the cookie', async () => {
    session.state = { status: 'authenticated', signInId: 'earlier', username: 'adam', expiresAt: now }
    const { answer, body } = await signIn({ username: 'zoe', password: 'fake-password' })
    expect(answer.status).toBe(200)
    expect(body).toEqual({
      status: 'authenticated',
      mode: 'proxy',
      signInId: 'sign-in-1',
      username: 'zoe',
      expiresInMs: 60_000,
    })
    expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining('sealed-sign-in-1')])
  })

  test('trims the name and leaves the password alone', async () => {
    await signIn({ username: '  zoe\t', password: ' fake password ' })
    expect(session.calls).toMatchObject([
      { call: 'signIn', credentials: { username: 'zoe', password: ' fake password ' } },
    ])
  })

  test('hands the address of the client on, for the limit of tries', async () => {
    const asked = { method: 'POST', body: JSON.stringify({ username: 'zoe', password: 'fake-password' }) }
    await ask(session, 'sign-in', { ...asked, context: { clientAddress: '192.0.2.1' } })
    await ask(session, 'sign-in', asked)
    expect(session.calls).toMatchObject([{ options: { clientAddress: '192.0.2.1' } }, { options: {} }])
  })

  test.each<[string, unknown]>([
    ['no name', { password: 'fake-password' }],
    ['a name of spaces', { username: '  ', password: 'fake-password' }],
    ['no password', { username: 'zoe' }],
    ['an empty password', { username: 'zoe', password: '' }],
    ['a number for a name', { username: 7, password: 'fake-password' }],
    ['a list for a password', { username: 'zoe', password: ['fake-password'] }],
    ['a name that is too long', { username: 'z'.repeat(1025), password: 'fake-password' }],
    ['a password that is too long', { username: 'zoe', password: `fake-password${'x'.repeat(1012)}` }],
    ['a list', []],
  ])('with %s is refused without a try, and repeats nothing', async (_what, members) => {
    const { answer, code, text } = await signIn(members)
    expect([answer.status, code]).toEqual([400, 'invalid_body'])
    expect(text).not.toMatch(/fake-password|zoe/)
    expect(session.calls).toEqual([])
  })

  test('takes a name and a password of 1,024 characters', async () => {
    const { answer } = await signIn({ username: 'z'.repeat(1024), password: 'x'.repeat(1024) })
    expect(answer.status).toBe(200)
  })

  test.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
  ])('C66 sent as %s is refused: %i', async (type, status) => {
    const body = JSON.stringify({ username: 'zoe', password: 'fake-password' })
    const asked = { method: 'POST', body, headers: { 'content-type': type } }
    expect((await ask(session, 'sign-in', asked)).answer.status).toBe(status)
    expect(session.calls).toEqual([])
  })

  test('with a body above 8 kB is refused', async () => {
    const { answer } = await signIn({ username: 'zoe', password: 'fake-password', more: 'x'.repeat(8192) })
    expect(answer.status).toBe(413)
    expect(session.calls).toEqual([])
  })

  test('C47 an unknown account and a wrong password are one and the same answer', async () => {
    const answers = []
    for (const description of ['fake-secret: no such account', 'fake-secret: wrong password']) {
      session.fails = { signIn: refusal(description) }
      const { answer, text } = await signIn({ username: 'zoe', password: 'fake-password' })
      answers.push([answer.status, text, [...answer.headers]])
    }
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.slice(0, 2)).toEqual([
      401,
      '{"error":{"code":"credentials_rejected","message":"The user name or the password is wrong."}}',
    ])
  })

  test('tells onError what the client is not told', async () => {
    const error = refusal('no such account')
    session.fails = { signIn: error }
    const onError = vi.fn()
    await signIn({ username: 'zoe', password: 'fake-password' }, { onError })
    expect(onError).toHaveBeenCalledExactlyOnceWith(error, expect.any(Request))
  })

  test.each([
    [429, '30', new TooManyAttemptsError('Too many tries.', { retryAt: now + 30_000 })],
    [503, null, new StoreError('down')],
    [503, null, new NetworkError('timeout', { code: 'network_timeout', wasSent: true })],
  ])('that fails is answered %i with Retry-After %s', async (status, retryAfter, error) => {
    session.fails = { signIn: error }
    const { answer } = await signIn({ username: 'zoe', password: 'fake-password' })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter])
  })
})

describe('sign-out', () => {
  test.each([true, false])('tells whether the provider confirmed: %s', async isSessionEnded => {
    session.signOutResult = { isSessionEnded }
    const { answer, body } = await ask(session, 'sign-out', { method: 'POST' })
    expect(body).toEqual({ status: 'unauthenticated', isProviderSessionEnded: isSessionEnded })
    expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')])
  })

  test('tells onError alone why the provider did not confirm', async () => {
    const error = new NetworkError('fake-secret', { code: 'network_error', wasSent: true })
    session.signOutResult = { isSessionEnded: false, error }
    const onError = vi.fn()
    const { answer, text } = await ask(session, 'sign-out', { method: 'POST' }, { onError })
    expect(answer.status).toBe(200)
    expect(text).not.toContain('fake-secret')
    expect(onError).toHaveBeenCalledExactlyOnceWith(error, expect.any(Request))
  })

  test('that the store does not hear of is no sign-out', async () => {
    session.fails = { signOut: new StoreError('down') }
    const { answer } = await ask(session, 'sign-out', { method: 'POST' })
    expect(answer.status).toBe(503)
    expect(answer.headers.getSetCookie()).toEqual([])
  })
})

describe('session', () => {
  test('tells that nobody is signed in', async () => {
    const { answer, body } = await ask(session, 'session', { method: 'GET' })
    expect([answer.status, body]).toEqual([200, { status: 'unauthenticated', mode: 'proxy' }])
  })

  test('tells who is signed in, for how long, and in which mode', async () => {
    session.state = { status: 'authenticated', signInId: 'a', username: undefined, expiresAt: now + 5000 }
    const { body } = await ask(session, 'session', { method: 'GET' }, mediated)
    expect(body).toEqual({ status: 'authenticated', mode: 'mediated', signInId: 'a', expiresInMs: 5000 })
  })

  test('tells no negative time', async () => {
    session.state = { status: 'authenticated', signInId: 'a', username: 'zoe', expiresAt: now - 5000 }
    const { body } = await ask(session, 'session', { method: 'GET' })
    expect(body).toMatchObject({ expiresInMs: 0 })
  })

  test('answers HEAD as GET without the body', async () => {
    const get = await ask(session, 'session', { method: 'GET' })
    const head = await ask(session, 'session', { method: 'HEAD' })
    expect([head.answer.status, head.text]).toEqual([200, ''])
    expect([...head.answer.headers]).toEqual([...get.answer.headers])
  })

  test('C69 never asks for a token', async () => {
    session.state = { status: 'authenticated', signInId: 'a', username: 'zoe', expiresAt: now }
    await ask(session, 'session', { method: 'GET' }, mediated)
    expect(session.calls).toEqual([])
  })
})
