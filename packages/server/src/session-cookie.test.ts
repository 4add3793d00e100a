import { describe, expect, test } from 'vitest'
import { cookieKindOf, writeCookies } from './session-cookie.ts'

const allowed = { cookieName: 'evergrant', allowInsecureLoopback: true }

describe('the cookie of a request', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['http://localhost:3000/', {}, false],
    ['http://app.localhost:3000/', {}, false],
    ['http://127.0.0.1/', {}, false],
    ['http://[::1]:3000/', {}, false],
    ['https://localhost:3000/', {}, true],
    ['http://app.test/', {}, true],
    ['https://app.test/', {}, true],
    ['http://localhost:3000/', { host: 'app.test' }, true],
    ['http://localhost:3000/', { 'x-forwarded-proto': 'https' }, true],
    ['http://localhost.evil.test/', {}, true],
    ['http://app.test/', { host: 'localhost@evil.test' }, true],
    ['http://app.test/', { host: '' }, true],
  ])('of %s with %j is Secure: %s', (url, headers, isSecure) => {
    const kind = cookieKindOf({ url, headers: new Headers(headers) }, allowed)
    expect(kind).toEqual({ name: isSecure ? '__Host-evergrant' : 'evergrant-development', isSecure })
  })

  test('is always Secure where that is not allowed, and where the URL is not known only loopback is not', () => {
    const strict = { ...allowed, allowInsecureLoopback: false }
    expect(cookieKindOf({ url: 'http://localhost/', headers: new Headers() }, strict).isSecure).toBe(true)
    expect(cookieKindOf({ headers: new Headers({ host: 'localhost:3000' }) }, allowed).isSecure).toBe(false)
    expect(cookieKindOf({ headers: new Headers() }, allowed).isSecure).toBe(true)
  })
})

describe('an answer', () => {
  test.each([
    [undefined, 'Cookie'],
    ['Accept', 'Accept, Cookie'],
    ['accept, cookie', 'accept, cookie'],
    ['*', '*'],
    ['X-Cookie', 'X-Cookie, Cookie'],
  ])('C70 that varies by %s varies by %s', (vary, expected) => {
    const headers = new Headers(vary === undefined ? {} : { vary })
    writeCookies(headers, [])
    expect(headers.get('vary')).toBe(expected)
    expect(headers.get('cache-control')).toBeNull()
  })

  test('C70 F16 that sets a cookie is kept by no cache, whatever it said before', () => {
    const headers = new Headers({ 'cache-control': 'public, s-maxage=31536000' })
    writeCookies(headers, [{ name: 'a', value: 'b', maxAge: 5, isSecure: true, sameSite: 'strict' }])
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('cdn-cache-control')).toBe('no-store')
    expect(headers.getSetCookie()).toEqual(['a=b; Max-Age=5; Path=/; HttpOnly; Secure; SameSite=Strict'])
  })
})
