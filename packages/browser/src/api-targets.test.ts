import { isEvergrantError } from '@evergrant/core'
import { describe, expect, test } from 'vitest'
import { ApiTargets, directory } from './api-targets.ts'

const proxy = (): URL => directory('https://app.test/api/travis')
const api = { baseUrl: 'https://api.test/v1' }
const both = new ApiTargets(proxy, api)

function outcome(resolve: () => string): string {
  try {
    return resolve()
  } catch (error) {
    return isEvergrantError(error) ? error.code : String(error)
  }
}

describe.each<[string, string, string]>([
  ['vehicles', 'https://app.test/api/travis/vehicles', 'https://api.test/v1/vehicles'],
  ['/vehicles', 'https://app.test/api/travis/vehicles', 'https://api.test/v1/vehicles'],
  // What stands before a colon is no scheme there.
  ['/vehicles:7', 'https://app.test/api/travis/vehicles:7', 'https://api.test/v1/vehicles:7'],
  ['/', 'https://app.test/api/travis/', 'https://api.test/v1/'],
  ['/../secrets', 'origin_not_allowed', 'origin_not_allowed'],
  ['vehicles?a=1', 'https://app.test/api/travis/vehicles?a=1', 'https://api.test/v1/vehicles?a=1'],
  [
    'https://api.test/v1/vehicles?a=1',
    'https://app.test/api/travis/vehicles?a=1',
    'https://api.test/v1/vehicles?a=1',
  ],
  ['https://api.test/v2/vehicles', 'origin_not_allowed', 'https://api.test/v2/vehicles'],
  ['https://app.test/api/travis/vehicles', 'https://app.test/api/travis/vehicles', 'origin_not_allowed'],
  // It stays on this site, whose proxy refuses empty segments.
  [
    'https://api.test/v1//evil.test/x',
    'https://app.test/api/travis//evil.test/x',
    'https://api.test/v1//evil.test/x',
  ],
  ['http://[', 'origin_not_allowed', 'origin_not_allowed'],
  ['../secrets', 'origin_not_allowed', 'origin_not_allowed'],
  ['a/..%2f..%2fsecrets', 'origin_not_allowed', 'origin_not_allowed'],
  ['%2e%2e/secrets', 'origin_not_allowed', 'origin_not_allowed'],
  ['//evil.test/x', 'origin_not_allowed', 'origin_not_allowed'],
  ['/\\evil.test/x', 'origin_not_allowed', 'origin_not_allowed'],
  ['\\\\evil.test/x', 'origin_not_allowed', 'origin_not_allowed'],
  ['/\t/evil.test/x', 'origin_not_allowed', 'origin_not_allowed'],
  ['https://evil.test/', 'origin_not_allowed', 'origin_not_allowed'],
  ['https://api.test.evil.test/v1/', 'origin_not_allowed', 'origin_not_allowed'],
  ['http://api.test/v1/vehicles', 'origin_not_allowed', 'origin_not_allowed'],
  ['blob:https://api.test/v1/7', 'origin_not_allowed', 'origin_not_allowed'],
  ['javascript:alert(1)', 'origin_not_allowed', 'origin_not_allowed'],
  [
    'https://zoe:fake-password@api.test/v1/vehicles',
    'https://app.test/api/travis/vehicles',
    'origin_not_allowed',
  ],
  ['https://app.test/api/travisty/x', 'origin_not_allowed', 'origin_not_allowed'],
])('C39 %s', (input, inProxyMode, inMediatedMode) => {
  test('goes where it may in proxy mode', () => {
    expect(outcome(() => both.resolve(input, 'proxy'))).toBe(inProxyMode)
  })

  test('goes where it may in mediated mode', () => {
    expect(outcome(() => both.resolve(input, 'mediated'))).toBe(inMediatedMode)
  })

  test('is refused before any question if it can go nowhere', () => {
    const goesNowhere = [inProxyMode, inMediatedMode].every(what => what === 'origin_not_allowed')
    expect(outcome(() => String(both.check(input)))).toBe(goesNowhere ? 'origin_not_allowed' : 'undefined')
  })
})

test('C38 other origins of the API get the token where they are named', () => {
  const targets = new ApiTargets(undefined, { ...api, origins: ['https://api.test', 'https://files.test'] })
  expect(targets.resolve('https://files.test/7', 'mediated')).toBe('https://files.test/7')
})

test.each([
  ['proxy', new ApiTargets(undefined, api)],
  ['mediated', new ApiTargets(proxy, undefined)],
] as const)('what is missing for %s mode is named', (mode, targets) => {
  expect(outcome(() => targets.resolve('vehicles', mode))).toBe('invalid_configuration')
})

test('C86 a message shows neither password nor query', () => {
  const resolve = (): string =>
    both.resolve('https://zoe:fake-password@evil.test/?key=fake-secret', 'mediated')
  expect(resolve).toThrow(/^[^]*Nothing was sent\.$/)
  expect(resolve).not.toThrow(/fake/)
})
