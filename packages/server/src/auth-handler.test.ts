import { describe, expect, test, vi } from 'vitest'
import { createAuthHandler } from './auth-handler.ts'
import type { AuthHandlerOptions } from './auth-handler.ts'
import { ask, mediated, now } from './auth-handler.test-support.ts'
import type { Asked } from './auth-handler.test-support.ts'
import { FakeSession } from './session.test-support.ts'

const credentials = JSON.stringify({ username: 'zoe', password: 'fake-password' })

const routes: readonly (readonly [string, Asked])[] = [
  ['sign-in', { method: 'POST', body: credentials }],
  ['sign-out', { method: 'POST' }],
  ['session', { method: 'GET' }],
  ['session', { method: 'HEAD' }],
  ['token', { method: 'POST' }],
  ['no-such-route', { method: 'GET' }],
]

/** What a foreign page can send, and what a route must not serve. */
const attacks: readonly (readonly [string, Asked['headers']])[] = [
  ['without the header', { 'x-evergrant': null }],
  ['of a foreign origin', { origin: 'https://evil.example' }],
  ['of a cross-site page', { 'sec-fetch-site': 'cross-site' }],
  ['of another host of the site', { 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' }],
  ['of a form', { 'x-evergrant': null, 'content-type': 'application/x-www-form-urlencoded' }],
  ['of a form that sends text', { 'x-evergrant': null, 'content-type': 'text/plain' }],
  ['of a sandboxed frame', { origin: 'null' }],
  ['of another port', { origin: 'https://app.example.com:8443' }],
  ['of another scheme', { origin: 'http://app.example.com' }],
  ['with a forged X-Forwarded-Host', { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }],
]

describe('C66 a request', () => {
  test.each(
    routes.flatMap(([route, asked]) => attacks.map(([what, headers]) => ({ route, asked, what, headers }))),
  )('$what is refused by $asked.method $route, and the session is not asked', async row => {
    const session = new FakeSession()
    session.state = { status: 'authenticated', signInId: 'a', username: 'zoe', expiresAt: now }
    session.fails = { getState: new Error('The session was asked.') }
    const { answer } = await ask(session, row.route, { ...row.asked, headers: row.headers }, mediated)
    expect(answer.status).toBe(403)
    expect(session.calls).toEqual([])
  })

  test('of a page whose name was pointed at this machine is refused where origins are named', async () => {
    const session = new FakeSession()
    const headers = { host: 'evil.example', origin: 'https://evil.example' }
    const asked = { method: 'POST', body: credentials, headers } as const
    const { code } = await ask(session, 'sign-in', asked, { origins: ['https://app.example.com'] })
    expect(code).toBe('foreign_origin')
    expect(session.calls).toEqual([])
  })

  test('of a page that a proxy serves passes where its origin is named', async () => {
    const headers = { host: 'internal:8080' }
    const { answer } = await ask(
      new FakeSession(),
      'sign-out',
      { method: 'POST', headers },
      {
        origins: ['https://app.example.com'],
      },
    )
    expect(answer.status).toBe(200)
  })
})

describe('C70 an answer', () => {
  const endings: readonly (readonly [string, string, Asked, Partial<FakeSession>])[] = [
    ['with the session', 'session', { method: 'GET' }, {}],
    ['without a body', 'session', { method: 'HEAD' }, {}],
    ['to a sign-in', 'sign-in', { method: 'POST', body: credentials }, {}],
    ['to a sign-out', 'sign-out', { method: 'POST' }, {}],
    ['that refuses', 'session', { method: 'GET', headers: { 'x-evergrant': null } }, {}],
    ['that finds nothing', 'nothing', { method: 'GET' }, {}],
    ['that takes no such method', 'session', { method: 'POST' }, {}],
    ['that reports an error', 'token', { method: 'POST' }, { fails: { getState: new Error('boom') } }],
    [
      'that cannot write its cookies',
      'session',
      { method: 'GET' },
      { fails: { writeTo: new Error('boom') } },
    ],
  ]
  test.each(endings)('%s is stored by no cache', async (_what, route, asked, session) => {
    const { answer } = await ask(Object.assign(new FakeSession(), session), route, asked, mediated)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'private, no-store',
      vary: 'Cookie',
      'x-content-type-options': 'nosniff',
    })
  })
})

describe('a route', () => {
  test.each([
    ['GET', 'https://app.example.com/session', 200],
    ['GET', 'https://app.example.com/api/auth/session?a=/b', 200],
    ['GET', 'https://app.example.com/auth/session/', 404],
    ['GET', 'https://app.example.com/', 404],
    ['GET', 'https://app.example.com/auth/Session', 404],
    ['GET', 'https://app.example.com/auth/constructor', 404],
    ['GET', 'https://app.example.com/auth/token', 404],
    ['POST', 'https://app.example.com/auth/authorize', 404],
    ['POST', 'https://app.example.com/auth/callback', 404],
  ])('is named by the last segment of the path: %s %s answers %i', async (method, url, status) => {
    const { answer } = await ask(new FakeSession(), 'unused', { method, url })
    expect(answer.status).toBe(status)
  })

  test.each([
    ['sign-in', 'GET', 'POST'],
    ['sign-out', 'GET', 'POST'],
    ['sign-out', 'DELETE', 'POST'],
    ['session', 'POST', 'GET, HEAD'],
    ['token', 'GET', 'POST'],
  ])('%s does not take %s, and says that it takes %s', async (route, method, allowed) => {
    const session = new FakeSession()
    const { answer, code } = await ask(session, route, { method }, mediated)
    expect([answer.status, answer.headers.get('allow'), code]).toEqual([405, allowed, 'method_not_allowed'])
    expect(session.calls).toEqual([])
  })
})

describe('an unexpected error', () => {
  test.each<[string, string, Asked, FakeSession['fails']]>([
    ['of the session', 'session', { method: 'GET' }, { getState: new Error('fake-secret') }],
    ['of a sign-in', 'sign-in', { method: 'POST', body: credentials }, { signIn: 'fake-secret' }],
    ['of the cookies', 'session', { method: 'GET' }, { writeTo: new TypeError('fake-secret') }],
  ])('%s is answered 500 with a general sentence, and told whole', async (_what, route, asked, fails) => {
    const session = Object.assign(new FakeSession(), { fails })
    const onError = vi.fn()
    const { answer, text, code } = await ask(session, route, asked, { onError })
    expect([answer.status, code]).toEqual([500, 'internal_error'])
    expect(text).not.toContain('fake-secret')
    expect(onError).toHaveBeenCalledExactlyOnceWith(Object.values(fails)[0], expect.any(Request))
  })

  test('of the source of sessions is answered too', async () => {
    const source = {
      for: () => {
        throw new Error('fake-secret')
      },
    }
    const onError = vi.fn()
    const answer = await createAuthHandler(source, { onError })(
      new Request('https://app.example.com/session'),
    )
    expect(answer.status).toBe(500)
    expect(onError).toHaveBeenCalledOnce()
  })

  test('is answered however badly it is logged', async () => {
    const session = Object.assign(new FakeSession(), { fails: { getState: new Error('boom') } })
    const onError = (): never => {
      throw new Error('The log is full.')
    }
    const { answer } = await ask(session, 'session', { method: 'GET' }, { onError })
    expect(answer.status).toBe(500)
  })
})

test('options that cannot work are refused, every one by name', () => {
  const options = { origins: ['*'], now: 7, onError: 'log' } as unknown as AuthHandlerOptions
  expect(() => createAuthHandler({} as never, options)).toThrow(/origins\[0\].*sessions .*now .*onError /s)
})
