import { NextResponse } from 'next/server.js'
import { describe, expect, test } from 'vitest'
import { forwardRequestHeaders } from './forwarded-headers.ts'

const change = { name: 's', value: 'new', maxAge: 60 }
const received = (): Headers =>
  new Headers({ cookie: 's=old; other=1', 'user-agent': 'test', host: 'app.test' })

/** The headers of the request as Next hands it on, after its rules: listed ones alone, with the value beside them. */
function handedOn(answer: Headers): Record<string, string | null> | undefined {
  const list = answer.get('x-middleware-override-headers')
  if (list === null) return undefined
  return Object.fromEntries(list.split(',').map(name => [name, answer.get(`x-middleware-request-${name}`)]))
}

describe('what a request is handed on with', () => {
  test('F4 the new cookies reach pages and route handlers, and everything else stays', () => {
    const { headers } = NextResponse.next()
    forwardRequestHeaders(headers, received(), [change])
    expect(handedOn(headers)).toEqual({ cookie: 'other=1; s=new', 'user-agent': 'test', host: 'app.test' })
  })

  test('F4 a rewrite hands them on as well', () => {
    const { headers } = NextResponse.rewrite('https://app.test/there')
    forwardRequestHeaders(headers, received(), [change])
    expect(handedOn(headers)?.['cookie']).toBe('other=1; s=new')
    expect(headers.get('x-middleware-rewrite')).toBe('https://app.test/there')
  })

  test('what the proxy function overrides stays: added, changed and removed headers', () => {
    const own = received()
    own.set('x-added', 'yes')
    own.set('user-agent', 'changed')
    own.delete('host')
    const { headers } = NextResponse.next({ request: { headers: own } })
    forwardRequestHeaders(headers, received(), [change])
    expect(handedOn(headers)).toEqual({ cookie: 'other=1; s=new', 'user-agent': 'changed', 'x-added': 'yes' })
    expect(headers.get('x-middleware-request-host')).toBeNull()
  })

  test('a proxy function that takes the cookies off the request does not get them back', () => {
    const { headers } = NextResponse.next({ request: { headers: new Headers({ host: 'app.test' }) } })
    forwardRequestHeaders(headers, received(), [change])
    expect(handedOn(headers)).toEqual({ host: 'app.test' })
  })

  test('the last cookie that goes takes the header with it', () => {
    const { headers } = NextResponse.next()
    forwardRequestHeaders(headers, new Headers({ cookie: 's=old', host: 'app.test' }), [
      { ...change, maxAge: 0 },
    ])
    expect(handedOn(headers)).toEqual({ host: 'app.test' })
  })

  test.each([
    ['a redirect', () => NextResponse.redirect('https://app.test/elsewhere')],
    ['an answer of its own', () => NextResponse.json({})],
  ])('%s hands nothing on', (_, answer) => {
    const { headers } = answer()
    const before = [...headers]
    forwardRequestHeaders(headers, received(), [change])
    expect([...headers]).toEqual(before)
  })

  test('nothing is overridden without need', () => {
    const { headers } = NextResponse.next()
    forwardRequestHeaders(headers, received(), [])
    expect(handedOn(headers)).toBeUndefined()
  })

  test.each([
    'x-middleware-override-headers',
    'x-middleware-request-cookie',
    'x-middleware-set-cookie',
    'x-middleware-subrequest',
    'X-Middleware-Rewrite',
  ])('C72 F20 %s from a client is not handed on', name => {
    const request = received()
    request.set(name, 's=forged')
    const { headers } = NextResponse.next()
    forwardRequestHeaders(headers, request, [])
    expect(handedOn(headers)).toEqual({ cookie: 's=old; other=1', 'user-agent': 'test', host: 'app.test' })
    expect(JSON.stringify([...headers])).not.toContain('forged')
  })
})
