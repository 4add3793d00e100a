import { describe, expect, test } from 'vitest'
import { checkBrowserRequest, originProblems } from './request-guard.ts'
import type { RequestGuardOptions } from './request-guard.ts'

const host = 'app.example.com'

interface Row {
  readonly method?: string
  readonly url?: string
  /** A header that is null is left out. */
  readonly headers?: Readonly<Record<string, string | null>>
  readonly options?: Partial<RequestGuardOptions>
}

/** What a page of this site sends, but for what a row changes. Returns the code of the refusal, or 'passes'. */
function check({ method = 'POST', url, headers = {}, options = {} }: Row): string {
  const usual = { host, origin: `https://${host}`, 'sec-fetch-site': 'same-origin', 'x-evergrant': '1' }
  const sent = Object.entries({ ...usual, ...headers }).filter(
    (entry): entry is [string, string] => !!entry[1],
  )
  const request = { method, url: url ?? `https://${host}/auth/session`, headers: new Headers(sent) }
  return checkBrowserRequest(request, { allowsReadsWithoutHeader: false, ...options })?.code ?? 'passes'
}

const noOrigin = { origin: null }
const noSite = { 'sec-fetch-site': null }
const noHeader = { 'x-evergrant': null }
const reads = { allowsReadsWithoutHeader: true }

describe('C66 the guard', () => {
  test.each<[string, Row, string]>([
    ['a POST of a page of this site', {}, 'passes'],
    ['a GET, which browsers send without Origin', { method: 'GET', headers: noOrigin }, 'passes'],
    ['a HEAD', { method: 'HEAD', headers: noOrigin }, 'passes'],
    ['a POST of a browser without Sec-Fetch-Site', { headers: noSite }, 'passes'],
    ['a POST with neither', { headers: { ...noOrigin, ...noSite } }, 'origin_missing'],
    ['a POST without Origin of the same origin', { headers: noOrigin }, 'passes'],
    ['a GET with neither', { method: 'GET', headers: { ...noOrigin, ...noSite } }, 'passes'],
    ['a GET without the header', { method: 'GET', headers: { ...noOrigin, ...noHeader } }, 'header_missing'],
    ['a POST without the header, as a form sends it', { headers: noHeader }, 'header_missing'],
    ['another value of the header', { headers: { 'x-evergrant': 'true' } }, 'header_missing'],
    ['an OPTIONS without the header', { method: 'OPTIONS', headers: noHeader }, 'header_missing'],
  ])('%s: %#', (_what, row, expected) => {
    expect(check(row)).toBe(expected)
  })

  test.each<[string, Row, string]>([
    ['cross-site', {}, 'cross_site_request'],
    ['same-site', {}, 'cross_site_request'],
    ['none', {}, 'cross_site_request'],
    ['Same-Origin', {}, 'cross_site_request'],
    ['cross-site', { method: 'GET' }, 'cross_site_request'],
    ['same-site', { method: 'GET' }, 'cross_site_request'],
    ['same-site', { method: 'GET', options: reads }, 'cross_site_request'],
    ['none', { method: 'GET' }, 'passes'],
    ['none', { method: 'GET', headers: noHeader }, 'header_missing'],
    ['none', { method: 'GET', headers: noHeader, options: reads }, 'header_missing'],
  ])('Sec-Fetch-Site %s: %#', (site, row, expected) => {
    expect(check({ ...row, headers: { ...row.headers, 'sec-fetch-site': site } })).toBe(expected)
  })

  test.each<[string, Row, string]>([
    ['https://app.example.com', {}, 'passes'],
    ['https://evil.example', {}, 'foreign_origin'],
    ['https://evil.example', { method: 'GET' }, 'foreign_origin'],
    ['https://evil.example', { headers: { 'x-forwarded-host': 'evil.example' } }, 'foreign_origin'],
    ['https://app.example.com.evil.example', {}, 'foreign_origin'],
    ['https://other.example.com', {}, 'foreign_origin'],
    ['https://app.example.com:8443', {}, 'foreign_origin'],
    ['http://app.example.com', {}, 'foreign_origin'],
    ['chrome-extension://app.example.com', {}, 'foreign_origin'],
    ['null', {}, 'foreign_origin'],
    ['null', { headers: { host: 'null' } }, 'foreign_origin'],
    ['https://app.example.com/', {}, 'foreign_origin'],
    ['https://APP.example.com', {}, 'foreign_origin'],
    ['https://app.example.com, https://app.example.com', {}, 'foreign_origin'],
    ['https://app.example.com:8443', { headers: { host: 'app.example.com:8443' } }, 'passes'],
    ['https://app.example.com', { headers: { host: 'app.example.com:8443' } }, 'foreign_origin'],
    ['https://app.example.com', { headers: { host: 'app.example.com:443' } }, 'passes'],
    ['https://app.example.com', { headers: { host: 'APP.example.com' } }, 'passes'],
    ['https://app.example.com', { headers: { host: 'user@app.example.com' } }, 'foreign_origin'],
    ['https://app.example.com', { headers: { host: 'app.example.com/path' } }, 'foreign_origin'],
    ['https://app.example.com', { headers: { host: 'app.example.com:port' } }, 'foreign_origin'],
    ['https://app.example.com', { headers: { host: null } }, 'passes'],
    ['https://app.example.com', { headers: { host: null }, url: 'https://other.test/' }, 'foreign_origin'],
  ])('Origin %s without the option origins: %#', (origin, row, expected) => {
    expect(check({ ...row, headers: { ...row.headers, origin } })).toBe(expected)
  })

  test.each<[string, Row, string]>([
    ['https://app.example.com', { url: `http://${host}/` }, 'passes'],
    ['http://app.example.com', { url: `http://${host}/` }, 'passes'],
    ['http://app.example.com', { url: '/auth/session' }, 'foreign_origin'],
    ['http://localhost:3000', { headers: { host: 'localhost:3000' } }, 'passes'],
    ['http://app.localhost:3000', { headers: { host: 'app.localhost:3000' } }, 'passes'],
    ['http://127.0.0.1:3000', { headers: { host: '127.0.0.1:3000' } }, 'passes'],
    ['http://[::1]:3000', { headers: { host: '[::1]:3000' } }, 'passes'],
    ['http://localhost:3000', { headers: { host: 'localhost:3001' } }, 'foreign_origin'],
    ['http://localhost:3000', { headers: { host: '127.0.0.1:3000' } }, 'foreign_origin'],
    ['http://localhost.evil.example', { headers: { host: 'localhost.evil.example' } }, 'foreign_origin'],
    ['http://127.0.0.1.evil.example', { headers: { host: '127.0.0.1.evil.example' } }, 'foreign_origin'],
  ])(
    'the scheme of %s is https, or http of this machine, or that of the URL: %#',
    (origin, row, expected) => {
      expect(check({ ...row, headers: { ...row.headers, origin } })).toBe(expected)
    },
  )

  test.each<[string, Row, string]>([
    ['https://app.example.com', {}, 'passes'],
    [
      'https://app.example.com',
      { headers: { host: 'internal:8080' }, url: 'http://internal:8080/' },
      'passes',
    ],
    ['https://admin.example.com', {}, 'passes'],
    ['https://evil.example', {}, 'foreign_origin'],
    ['http://app.example.com', {}, 'foreign_origin'],
    ['https://app.example.com:8443', {}, 'foreign_origin'],
    ['null', {}, 'foreign_origin'],
    [
      'http://internal:8080',
      { headers: { host: 'internal:8080' }, url: 'http://internal:8080/' },
      'foreign_origin',
    ],
  ])('Origin %s with the option origins: %#', (origin, row, expected) => {
    const origins = ['https://app.example.com', 'https://admin.example.com']
    expect(check({ ...row, headers: { ...row.headers, origin }, options: { origins } })).toBe(expected)
  })

  test('a page whose name was pointed at this machine is refused where origins are named', () => {
    const headers = { host: 'evil.example:3000', origin: 'http://evil.example:3000' }
    const url = 'http://evil.example:3000/auth/sign-in'
    expect(check({ headers, url, options: { origins: ['http://localhost:3000'] } })).toBe('foreign_origin')
    expect(check({ headers: { ...headers, host: 'localhost:3000' }, url: 'http://localhost:3000/' })).toBe(
      'foreign_origin',
    )
  })

  test.each<[string, Row, string]>([
    ['a GET of the same origin', { method: 'GET' }, 'passes'],
    ['a HEAD of the same origin', { method: 'HEAD' }, 'passes'],
    ['a GET that does not say where it is from', { method: 'GET', headers: noSite }, 'header_missing'],
    ['a POST of the same origin', { method: 'POST' }, 'header_missing'],
    ['a DELETE of the same origin', { method: 'DELETE' }, 'header_missing'],
  ])('%s without the header, where reads may lack it: %#', (_what, row, expected) => {
    const headers = { ...noOrigin, ...noHeader, ...row.headers }
    const isPost = row.method === 'POST' || row.method === 'DELETE'
    expect(
      check({
        ...row,
        headers: { ...headers, ...(isPost && { origin: `https://${host}` }) },
        options: reads,
      }),
    ).toBe(expected)
  })

  test('a refusal repeats nothing of the request', () => {
    const headers = new Headers({ host, origin: 'https://evil.example', 'x-evergrant': '1' })
    const refusal = checkBrowserRequest(
      { method: 'POST', url: `https://${host}/?secret`, headers },
      { allowsReadsWithoutHeader: false },
    )
    expect(refusal?.status).toBe(403)
    expect(JSON.stringify(refusal)).not.toMatch(/evil|secret|app\.example/)
  })
})

describe('the option origins', () => {
  test.each([
    [undefined],
    [['https://app.example.com']],
    [['http://localhost:3000', 'https://a.example', 'http://[::1]:8080']],
  ])('can be %j', origins => {
    expect(originProblems(origins)).toEqual([])
  })

  test.each([
    'app.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://app.example.com?a',
    'https://APP.example.com',
    'HTTPS://app.example.com',
    'https://*.example.com',
    'https://app.example.com:443',
    'https://user@app.example.com',
    'ftp://app.example.com',
    'null',
    '*',
    '',
    7 as unknown as string,
  ])('cannot have %j in it', origin => {
    expect(originProblems(['https://good.example', origin])).toEqual([
      expect.stringMatching(/^origins\[1\] must be/),
    ])
  })

  test.each([[[]], ['https://app.example.com' as unknown as string[]]])('cannot be %j', origins => {
    expect(originProblems(origins)).toEqual([expect.stringMatching(/^origins must be a list/)])
  })
})
