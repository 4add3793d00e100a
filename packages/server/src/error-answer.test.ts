import {
  AccessTokenNotExposedError,
  AuthorizationServerError,
  ConfigurationError,
  DisposedError,
  InvalidSessionError,
  MalformedResponseError,
  NeedsRefreshError,
  NetworkError,
  OriginNotAllowedError,
  ReauthorizationRequiredError,
  StoreError,
  SupersededError,
  TooManyAttemptsError,
} from '@evergrant/core/source'
import type { EvergrantError, EvergrantErrorCode } from '@evergrant/core/source'
import { describe, expect, test } from 'vitest'
import { errorAnswer, methodNotAllowedAnswer, outlineError, refusalAnswer } from './error-answer.ts'

const now = 1_800_000_000_000
const options = { now: () => now }
const secret = 'what the server wrote: fake-secret'

type RefusalCode = 'client_misconfigured' | 'credentials_rejected' | 'grant_refused' | 'request_refused'
const refused = (code: RefusalCode): EvergrantError =>
  new AuthorizationServerError(secret, {
    code,
    error: 'fake-secret-error',
    errorDescription: secret,
    status: 400,
    retryAt: now + 4200,
  })
const network = (
  code: 'network_error' | 'network_timeout' | 'server_unavailable',
  retryAt?: number,
): EvergrantError => new NetworkError(secret, { code, wasSent: true, retryAt })

interface Row {
  readonly error: EvergrantError
  readonly status: number
  readonly message: string
  readonly retryAfter?: string
}

const configured = 'The server is not configured correctly.'
const refusedMessage = 'The authorization server refused the request.'
const unavailable = 'The service is not available at the moment. Try again later.'

// A new code does not compile without a row.
const rows: Record<EvergrantErrorCode, Row> = {
  invalid_session: {
    error: new InvalidSessionError(secret),
    status: 400,
    message:
      'The cookies of the request cannot be trusted. Remove the cookies of this site and sign in again.',
  },
  reauthorization_required: {
    error: new ReauthorizationRequiredError('Sign in again.', { reason: 'signed-out' }),
    status: 401,
    message: 'Sign in again.',
  },
  access_token_not_exposed: {
    error: new AccessTokenNotExposedError(secret),
    status: 403,
    message: 'The access token stays on the server. Send the request through the server instead.',
  },
  too_many_attempts: {
    error: new TooManyAttemptsError('Wait a minute.', { retryAt: now + 60_000 }),
    status: 429,
    message: 'Wait a minute.',
    retryAfter: '60',
  },
  invalid_configuration: {
    error: new ConfigurationError(secret, [secret]),
    status: 500,
    message: configured,
  },
  origin_not_allowed: { error: new OriginNotAllowedError(secret), status: 500, message: configured },
  store_schema_unknown: {
    error: new StoreError(secret, { code: 'store_schema_unknown' }),
    status: 500,
    message: configured,
  },
  client_misconfigured: { error: refused('client_misconfigured'), status: 502, message: refusedMessage },
  credentials_rejected: { error: refused('credentials_rejected'), status: 502, message: refusedMessage },
  grant_refused: { error: refused('grant_refused'), status: 502, message: refusedMessage },
  request_refused: { error: refused('request_refused'), status: 502, message: refusedMessage },
  network_error: { error: network('network_error'), status: 503, message: unavailable },
  network_timeout: {
    error: network('network_timeout', now - 9000),
    status: 503,
    message: unavailable,
    retryAfter: '0',
  },
  server_unavailable: {
    error: network('server_unavailable', now + 4200),
    status: 503,
    message: unavailable,
    retryAfter: '5',
  },
  malformed_response: {
    error: new MalformedResponseError(secret, { status: 200, retryAt: now + 1 }),
    status: 503,
    message: unavailable,
    retryAfter: '1',
  },
  store_unavailable: { error: new StoreError(secret), status: 503, message: unavailable },
  store_contended: {
    error: new StoreError(secret, { code: 'store_contended' }),
    status: 503,
    message: unavailable,
  },
  needs_refresh: {
    error: new NeedsRefreshError(secret),
    status: 503,
    message: unavailable,
    retryAfter: '0',
  },
  superseded: {
    error: new SupersededError(secret),
    status: 503,
    message: unavailable,
    retryAfter: '0',
  },
  disposed: { error: new DisposedError(secret), status: 503, message: unavailable },
}

describe('an error of Evergrant', () => {
  test.each(Object.entries(rows))('%s is answered as the table says', async (code, row) => {
    expect(row.error.code).toBe(code)
    const answer = errorAnswer(row.error, options)
    expect(answer?.status).toBe(row.status)
    expect(await answer?.json()).toEqual({ error: { code, message: row.message } })
    expect(answer?.headers.get('retry-after')).toBe(row.retryAfter ?? null)
  })

  test.each(Object.entries(rows))(
    'C70 %s is stored by no cache, and differs by cookie',
    (_code, { error }) => {
      const answer = errorAnswer(error, options)
      expect(Object.fromEntries(answer?.headers ?? [])).toMatchObject({
        'cache-control': 'private, no-store',
        vary: 'Cookie',
        'content-type': 'application/json; charset=utf-8',
        'x-content-type-options': 'nosniff',
      })
    },
  )

  test.each(Object.entries(rows))(
    'C47 %s tells nothing of what the server wrote',
    async (_code, { error }) => {
      for (const isSignIn of [false, true])
        expect(await errorAnswer(error, { ...options, isSignIn })?.text()).not.toContain('fake-secret')
    },
  )

  test('credentials_rejected at sign-in is a wrong name or password, in our words', () => {
    expect(outlineError(refused('credentials_rejected'), { ...options, isSignIn: true })).toEqual({
      status: 401,
      code: 'credentials_rejected',
      message: 'The user name or the password is wrong.',
    })
  })

  test.each(Object.keys(rows).filter(code => code !== 'credentials_rejected') as EvergrantErrorCode[])(
    '%s at sign-in is answered as anywhere else',
    code => {
      const { error } = rows[code]
      expect(outlineError(error, { ...options, isSignIn: true })).toEqual(outlineError(error, options))
    },
  )

  test.each([
    ['another copy of the package', 'reauthorization_required', false, 401],
    ['a newer one, transient', 'not_yet_known', true, 503],
    ['a newer one', 'not_yet_known', false, 500],
    ['a newer one, named as a member of every object', 'constructor', false, 500],
  ])('of %s is recognised: %s', (_what, code, isTransient, status) => {
    const error = Object.assign(new Error(secret), {
      code,
      isTransient,
      [Symbol.for('@evergrant/core:error')]: true,
    })
    expect(outlineError(error, options)).toMatchObject({ status, code })
  })
})

test.each([
  new Error('something else'),
  'a text',
  undefined,
  null,
  { code: 'network_error', isTransient: true, message: 'looks like one of ours' },
])('%s is no error of Evergrant, and has no answer', error => {
  expect(errorAnswer(error, options)).toBeUndefined()
})

test('a refusal is answered with its status, its code and its message, and nothing else', async () => {
  const answer = refusalAnswer({ status: 418, code: 'teapot', message: 'No coffee.' })
  expect(answer.status).toBe(418)
  expect(answer.headers.has('retry-after')).toBe(false)
  expect(await answer.json()).toEqual({ error: { code: 'teapot', message: 'No coffee.' } })
})

test('a method that a route does not take is answered with those that it does', async () => {
  const answer = methodNotAllowedAnswer(['GET', 'HEAD'])
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect(await answer.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
})
