import { describe, expect, test } from 'vitest'
import type { AuthorizationBase } from './authorization.ts'
import { anonymous } from './client-authentication/anonymous.ts'
import { clientSecretJwt } from './client-authentication/client-secret-jwt.ts'
import { isConfigurationError } from './errors/configuration-error.ts'
import { authorizationBase, thrown } from './units.test-support.ts'
import { urlProblems, validateAuthorization } from './validate.ts'

describe('a URL from the configuration', () => {
  test.each([
    'https://auth.example.test/token',
    'https://auth.example.test:8443/token?tenant=a',
    'http://localhost:8080/token',
    'http://auth.localhost/token',
    'http://127.0.0.1/token',
    'http://127.1/token',
    'http://127.255.255.254:1/token',
    'http://[::1]:8080/token',
  ])('C5 may be %s', url => {
    expect(urlProblems('tokenEndpoint', url, false)).toEqual([])
  })

  test.each([
    'http://auth.example.test/token',
    'http://127.evil.com/token',
    'http://127.0.0.1.evil.com/token',
    'http://localhost.evil.com/token',
    'http://evillocalhost/token',
    'http://10.0.0.1/token',
    'http://[::2]/token',
    'http://0.0.0.0/token',
  ])('C5 may be %s only with allowInsecureHttp', url => {
    const [problem, ...others] = urlProblems('tokenEndpoint', url, false)
    expect(problem).toContain('allowInsecureHttp')
    expect(others).toEqual([])
    expect(urlProblems('tokenEndpoint', url, true)).toEqual([])
  })

  test.each([
    ['/token', 'absolute URL'],
    ['auth.example.test/token', 'absolute URL'],
    ['https://', 'absolute URL'],
    ['ftp://auth.example.test/', 'must be an https URL'],
    ['javascript:alert(1)', 'must be an https URL'],
    ['https://auth.example.test/token#fragment', 'fragment'],
    ['https://auth.example.test/token#', 'fragment'],
    ['https://fake-user:fake-password@auth.example.test/', 'user name or password'],
    ['https://fake-user@auth.example.test/', 'user name or password'],
  ])('C4 C46 cannot be %s, whatever is allowed', (url, words) => {
    for (const allowsInsecureHttp of [false, true]) {
      const [problem] = urlProblems('tokenEndpoint', url, allowsInsecureHttp)
      expect(problem).toContain('tokenEndpoint')
      expect(problem).toContain(words)
      expect(problem).not.toContain('fake-')
    }
  })
})

describe('an authorization', () => {
  const problemsOf = (authorization: AuthorizationBase): readonly string[] => {
    const error = thrown(() => validateAuthorization(authorization))
    if (error === undefined) return []
    if (isConfigurationError(error)) return error.problems
    throw error
  }
  const base = authorizationBase()

  test('that is complete passes', () => {
    expect(problemsOf(base)).toEqual([])
    expect(problemsOf(authorizationBase({}, anonymous(), null))).toEqual([])
  })

  test('C5 C46 is checked in every URL that it names', () => {
    const url = 'http://plain.example.test/'
    const server = {
      tokenEndpoint: url,
      revocationEndpoint: url,
      introspectionEndpoint: url,
      userinfoEndpoint: url,
      jwksUri: url,
      sessionInfoEndpoint: url,
      sessionEnd: { url, method: 'POST', presents: 'refresh-token' },
    } as const
    const resource = { origins: ['http://plain.example.test'], baseUrl: url }
    expect(problemsOf({ ...base, server, resource })).toHaveLength(9)
    expect(problemsOf({ ...base, server: { ...server, allowInsecureHttp: true }, resource })).toEqual([])
  })

  test('names every fault at once', () => {
    const authorization = {
      ...authorizationBase({ tokenEndpoint: '' }, clientSecretJwt('fake-secret'), ''),
      provider: '',
    }
    const problems = problemsOf(authorization)
    expect(problems).toHaveLength(4)
    for (const [index, word] of ['provider', 'tokenEndpoint', 'clientId', 'issuer'].entries()) {
      expect(problems[index]).toContain(word)
    }
  })

  test('C53 with signed assertions needs the issuer, their audience', () => {
    const authentication = clientSecretJwt('fake-secret')
    expect(problemsOf(authorizationBase({}, authentication))).toEqual([
      'issuer is required with client_secret_jwt: it is the audience.',
    ])
    expect(problemsOf(authorizationBase({ issuer: 'https://auth.example.test' }, authentication))).toEqual([])
  })

  test.each(['https://api.example.test/v1', 'https://api.example.test/?a', 'https://api.example.test//'])(
    'does not pretend that the origin %s limits a path',
    origin => {
      expect(problemsOf({ ...base, resource: { origins: [origin] } })).toEqual([
        'resource.origins must hold origins such as https://api.example.com, without a path or query.',
      ])
    },
  )

  test('takes an origin with its trailing slash', () => {
    expect(problemsOf({ ...base, resource: { origins: ['https://api.example.test/'] } })).toEqual([])
  })
})
