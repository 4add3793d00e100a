import { describe, expect, test } from 'vitest'
import { passedHeaderNames, pickRequestHeaders, requestHeaderProblems } from './request-headers.ts'
import { responseFields } from './response-headers.ts'

describe('the headers of a request', () => {
  const names = passedHeaderNames(['X-Request-Id'], true)

  test('C72 pass if they are on the list, and nothing else does', () => {
    const sent = {
      accept: 'application/json',
      'accept-encoding': 'br',
      authorization: 'Bearer fake-of-the-client',
      'content-type': 'text/plain',
      cookie: '__Host-session=fake',
      forwarded: 'for=1.2.3.4',
      host: 'app.example',
      'if-none-match': '"1"',
      'proxy-authorization': 'Basic fake',
      'x-evergrant': '1',
      'x-forwarded-for': '1.2.3.4',
      'x-middleware-subrequest': 'middleware',
      'x-request-id': '7',
      'x-workos-session': 'fake',
    }
    expect(pickRequestHeaders(new Headers(sent), names)).toEqual({
      accept: 'application/json',
      'accept-encoding': 'br',
      'content-type': 'text/plain',
      'if-none-match': '"1"',
      'x-request-id': '7',
    })
  })

  test.each(['x-request-id', 'close, X-Request-Id', 'keep-alive ,x-request-id'])(
    'C72 one that the client names in "Connection: %s" stays',
    connection => {
      const headers = new Headers({ connection, 'x-request-id': '7', accept: '*/*' })
      expect(pickRequestHeaders(headers, names)).toEqual({ accept: '*/*' })
    },
  )

  test('accept-encoding passes only where the answer is not decoded on the way', () => {
    expect(passedHeaderNames([], false)).not.toContain('accept-encoding')
  })

  test.each([
    'Authorization',
    'cookie',
    'Host',
    'Connection',
    'keep-alive',
    'te',
    'Transfer-Encoding',
    'upgrade',
    'proxy-authorization',
    'Proxy-Anything',
    'Forwarded',
    'X-Forwarded-For',
    'x-real-ip',
    'content-length',
    'Sec-Fetch-Site',
    'x-middleware-subrequest',
    'constructor:',
    'a b',
    '',
  ])('C72 the option requestHeaders refuses %j', name => {
    expect(requestHeaderProblems([name])).toHaveLength(1)
  })

  test('the option requestHeaders takes any other name', () => {
    expect(requestHeaderProblems(['X-Request-Id', 'constructor'])).toEqual([])
  })
})

describe('the headers of an answer', () => {
  const pick = (headers: HeadersInit, isDecoded = false): Record<string, string> => {
    const target = new Headers()
    for (const [name, value] of responseFields(new Headers(headers), isDecoded)) target.append(name, value)
    return Object.fromEntries(target)
  }

  const fixed = {
    'cache-control': 'private, no-store',
    'cdn-cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    vary: 'Cookie',
  }

  test('C70 F16 always forbid storing, running and sharing, whatever the API says', () => {
    const loose = {
      'cache-control': 'public, s-maxage=31536000',
      'content-security-policy': "script-src 'unsafe-inline'",
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'sniff',
      expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
    }
    expect(pick(loose)).toEqual(fixed)
    expect(pick({})).toEqual(fixed)
  })

  test('C72 what the API says about its own origin, connection or server stays behind', () => {
    const own = [
      ['set-cookie', 'a=b'],
      ['alt-svc', 'h3=":443"'],
      ['strict-transport-security', 'max-age=1'],
      ['clear-site-data', '"*"'],
      ['access-control-allow-origin', '*'],
      ['access-control-allow-credentials', 'true'],
      ['server-timing', 'db'],
      ['www-authenticate', 'Basic realm="x"'],
      ['connection', 'x-hop'],
      ['x-hop', '1'],
      ['keep-alive', 'timeout=5'],
      ['transfer-encoding', 'chunked'],
      ['proxy-authenticate', 'Basic'],
      ['x-accel-redirect', '/etc/passwd'],
      ['x-middleware-rewrite', '/admin'],
      ['service-worker-allowed', '/'],
    ] as [string, string][]
    expect(pick(own)).toEqual(fixed)
  })

  test.each([
    'cdn-cache-control',
    'cloudflare-cdn-cache-control',
    'vercel-cdn-cache-control',
    'surrogate-control',
    'surrogate-key',
    'edge-control',
    'x-accel-expires',
    'x-accel-buffering',
    'x-nextjs-redirect',
  ])('C70 F16 no cache hears from the API by %s', name => {
    expect(pick({ [name]: 'max-age=600' })).toEqual(fixed)
  })

  test.each([
    ['/elsewhere', true],
    ['elsewhere?a=b:c', true],
    ['https://elsewhere.example/', true],
    ['javascript:alert(1)', false],
    [' JavaScript:alert(1)', false],
    ['data:text/html,x', false],
  ])('a redirect to %s passes: %s', (location, isPassed) => {
    expect('location' in pick({ location })).toBe(isPassed)
  })

  test('what describes the content passes', () => {
    const content = {
      'content-type': 'application/json',
      'content-length': '10',
      'content-encoding': 'br',
      'content-range': 'bytes 0-9/100',
      etag: '"1"',
      link: '</v1/vehicles?page=2>; rel="next"',
      location: 'https://elsewhere.example/x',
      'retry-after': '3',
      'x-total-count': '7',
    }
    expect(pick(content)).toEqual({ ...fixed, ...content })
  })

  test('a body that was decoded on the way is not described as encoded', () => {
    expect(pick({ 'content-encoding': 'br', 'content-length': '10', etag: '"1"' }, true)).toEqual({
      ...fixed,
      etag: '"1"',
    })
    expect(pick({ 'content-length': '10' }, true)).toMatchObject({ 'content-length': '10' })
  })

  test.each([
    ['Accept-Encoding', 'Accept-Encoding, Cookie'],
    ['accept, COOKIE', 'accept, COOKIE'],
    ['*', '*'],
    ['', 'Cookie'],
  ])('C70 "Vary: %s" becomes "Vary: %s"', (vary, expected) => {
    expect(pick({ vary }).vary).toBe(expected)
  })
})
