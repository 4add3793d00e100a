import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import * as errors from './index.ts'
import type { EvergrantError, EvergrantErrorCode } from './index.ts'

const cause = new Error('fake-secret in a cause')
const options = { cause }

/** Every code, each made by the class that owns it. A code without a class does not compile. */
const byCode: Record<EvergrantErrorCode, () => EvergrantError> = {
  invalid_configuration: () => new errors.ConfigurationError('It cannot work', ['a.', 'b.'], options),
  network_error: () => new errors.NetworkError('m', { code: 'network_error', wasSent: true, cause }),
  network_timeout: () => new errors.NetworkError('m', { code: 'network_timeout', wasSent: true, cause }),
  server_unavailable: () =>
    new errors.NetworkError('m', {
      code: 'server_unavailable',
      wasSent: true,
      status: 503,
      retryAt: 9,
      cause,
    }),
  malformed_response: () => new errors.MalformedResponseError('m', { status: 200, retryAt: 9, cause }),
  client_misconfigured: () => refused('client_misconfigured'),
  credentials_rejected: () => refused('credentials_rejected'),
  grant_refused: () => refused('grant_refused'),
  request_refused: () => refused('request_refused'),
  reauthorization_required: () =>
    new errors.ReauthorizationRequiredError('m', { reason: 'signed-out', cause }),
  superseded: () => new errors.SupersededError('m', options),
  store_unavailable: () => new errors.StoreError('m', options),
  store_contended: () => new errors.StoreError('m', { code: 'store_contended', cause }),
  store_schema_unknown: () => new errors.StoreError('m', { code: 'store_schema_unknown', cause }),
  origin_not_allowed: () => new errors.OriginNotAllowedError('m', options),
  access_token_not_exposed: () => new errors.AccessTokenNotExposedError('m', options),
  needs_refresh: () => new errors.NeedsRefreshError('m', options),
  invalid_session: () => new errors.InvalidSessionError('m', options),
  too_many_attempts: () => new errors.TooManyAttemptsError('m', { retryAt: 9, cause }),
  disposed: () => new errors.DisposedError('m', options),
}

function refused(
  code: 'client_misconfigured' | 'credentials_rejected' | 'grant_refused' | 'request_refused',
): EvergrantError {
  return new errors.AuthorizationServerError('m', {
    code,
    error: 'e',
    errorDescription: 'd',
    status: 400,
    cause,
  })
}

const codes = Object.keys(byCode) as EvergrantErrorCode[]
const transient = [
  'network_error',
  'network_timeout',
  'server_unavailable',
  'malformed_response',
  'store_unavailable',
  'store_contended',
  'needs_refresh',
  'too_many_attempts',
]
const exported = errors as unknown as Record<string, unknown>
const classNames = Object.keys(exported).filter(name => name.endsWith('Error') && !name.startsWith('is'))
type Guard = (value: unknown) => boolean
const guardOf = (name: string): Guard => exported[`is${name}`] as Guard

describe('the classes of errors', () => {
  test('agree with the closed union of codes: every class has a code, every code a class', () => {
    expect(new Set([...codes.map(code => byCode[code]().name), 'EvergrantError'])).toEqual(
      new Set(classNames),
    )
  })

  test('have a guard each, and nothing else is exported', () => {
    expect(Object.keys(exported).toSorted()).toEqual(
      classNames.flatMap(name => [name, `is${name}`]).toSorted(),
    )
  })

  test.each(codes)('%s has its code, its name, and says whether it is transient', code => {
    const error = byCode[code]()
    expect(error.code).toBe(code)
    expect(error.isTransient).toBe(transient.includes(code))
    expect(classNames).toContain(error.name)
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(errors.EvergrantError)
    expect(error.constructor.name).toBe(error.name)
    expect(String(error)).toBe(`${error.name}: ${error.message}`)
    expect(error.cause).toBe(cause)
  })

  test.each(codes)('%s is recognised by its own guard and by the general one, and by no other', code => {
    const error = byCode[code]()
    const matching = classNames.filter(name => guardOf(name)(error))
    expect(matching.toSorted()).toEqual(['EvergrantError', error.name].toSorted())
  })

  test.each(codes)('C86 %s as JSON holds neither cause nor stack', code => {
    const error = byCode[code]()
    const json = JSON.parse(JSON.stringify(error)) as Record<string, unknown>
    expect(json).toMatchObject({
      name: error.name,
      code,
      message: error.message,
      isTransient: error.isTransient,
    })
    expect(json).not.toHaveProperty('cause')
    expect(json).not.toHaveProperty('stack')
    expect(JSON.stringify({ error })).not.toContain('fake-secret')
  })

  test('as JSON say what their class knows', () => {
    expect(byCode.server_unavailable().toJSON()).toMatchObject({ status: 503, retryAt: 9, wasSent: true })
    expect(byCode.malformed_response().toJSON()).toMatchObject({ status: 200, retryAt: 9 })
    expect(byCode.grant_refused().toJSON()).toMatchObject({ error: 'e', errorDescription: 'd', status: 400 })
    expect(byCode.reauthorization_required().toJSON()).toMatchObject({ reason: 'signed-out' })
    expect(byCode.invalid_configuration().toJSON()).toMatchObject({ problems: ['a.', 'b.'] })
  })

  test('have no cause unless one is given', () => {
    expect('cause' in new errors.DisposedError('m')).toBe(false)
    expect('cause' in new errors.StoreError('m', { cause: undefined })).toBe(false)
  })

  test('show the mark by which they are recognised nowhere', () => {
    expect(inspect(new errors.DisposedError('m'))).not.toContain('evergrant/core:error')
    expect(Object.keys(new errors.DisposedError('m'))).toEqual(['name', 'code', 'isTransient'])
  })
})

describe('a configuration error', () => {
  test('names one fault in a line, and several in a list', () => {
    expect(new errors.ConfigurationError('It cannot work', ['a is wrong.']).message).toBe(
      'It cannot work: a is wrong.',
    )
    expect(new errors.ConfigurationError('It cannot work', ['a.', 'b.']).message).toBe(
      'It cannot work:\n  - a.\n  - b.',
    )
  })
})

describe('a guard', () => {
  test('recognises the errors of a second copy of the package', async () => {
    vi.resetModules()
    const copy = await import('./index.ts')
    const error = new copy.NetworkError('m', { code: 'network_timeout', wasSent: true })
    expect(error).not.toBeInstanceOf(errors.NetworkError)
    expect([
      errors.isEvergrantError(error),
      errors.isNetworkError(error),
      errors.isStoreError(error),
    ]).toEqual([true, true, false])
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'NetworkError'],
    ['a function', () => undefined],
    ['an error of the platform', new TypeError('m')],
    [
      'an error of the same name',
      Object.assign(new Error('m'), { name: 'NetworkError', code: 'network_error' }),
    ],
    ['what JSON gave back', JSON.parse(JSON.stringify(byCode.network_error()))],
  ])('does not recognise %s', (_title, value) => {
    expect(classNames.filter(name => guardOf(name)(value))).toEqual([])
  })
})
