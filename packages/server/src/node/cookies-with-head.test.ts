import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { SessionCookie } from '../request-session.ts'
import { writeCookies } from '../session-cookie.ts'
import { setCookiesWithHead } from './cookies-with-head.ts'

class FakeSession {
  setCookies: readonly SessionCookie[] = []

  readonly writeTo = (headers: Headers): void => writeCookies(headers, this.setCookies)

  set(name: string, value: string): this {
    this.setCookies = [{ name, value, maxAge: 60, isSecure: true, sameSite: 'lax' }]
    return this
  }
}

const createAnswer = (): ServerResponse => new ServerResponse(new IncomingMessage(new Socket()))

const cookiesOf = (answer: ServerResponse): string[] =>
  [answer.getHeader('set-cookie') ?? []].flat().map(text => String(text).split(';')[0] ?? '')

test('C70 the head sets the cookies as they are when it is sent, and no cache may keep them', () => {
  const answer = createAnswer()
  const session = new FakeSession().set('session', 'early')
  setCookiesWithHead(answer, session)
  session.set('session', 'late')
  answer.writeHead(200, { 'Set-Cookie': 'own=1', 'Cache-Control': 'public', Vary: 'Origin' })
  expect(cookiesOf(answer)).toEqual(['own=1', 'session=late'])
  expect(answer.getHeader('cache-control')).toBe('private, no-store')
  expect(answer.getHeader('vary')).toBe('Origin, Cookie')
})

test('a cookie that was written before takes no second line', () => {
  const answer = createAnswer()
  setCookiesWithHead(answer, new FakeSession().set('session', 'now'))
  answer.writeHead(200, ['Set-Cookie', 'session=before; Path=/', 'Set-Cookie', 'sessions=other'])
  expect(cookiesOf(answer)).toEqual(['sessions=other', 'session=now'])
})

test('each session of an answer sets its own cookies, once', () => {
  const answer = createAnswer()
  const [one, two] = [new FakeSession().set('one', '1'), new FakeSession().set('two', '2')]
  for (const session of [one, two, one]) setCookiesWithHead(answer, session)
  answer.writeHead(200)
  expect(cookiesOf(answer)).toEqual(['one=1', 'two=2'])
})

test('a session without cookies says that the answer differs by cookie, and sets none', () => {
  const answer = createAnswer()
  setCookiesWithHead(answer, new FakeSession())
  answer.writeHead(200)
  expect(answer.getHeaders()).toEqual({ vary: 'Cookie' })
})

test('what has no cookies to set is left alone', () => {
  const answer = createAnswer()
  setCookiesWithHead(answer, { getAccessToken: async () => 'fake-access-token' })
  answer.writeHead(200, { 'X-Own': '1' })
  expect(cookiesOf(answer)).toEqual([])
  expect(answer.hasHeader('vary')).toBe(false)
})
