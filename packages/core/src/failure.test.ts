import { seededRandom } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import { backOffMs, classifyRefusal, isUnavailableStatus, readRetryAfterMs } from './failure.ts'
import type { FailureKind, Rung } from './failure.ts'
import { fakeEndpoint } from './units.test-support.ts'

const server = { tokenEndpoint: fakeEndpoint }
const legacySpring = { ...server, deadGrantErrors: ['invalid_token'] }

describe('a refusal', () => {
  const refresh = 'refresh-token'
  const regrant = 're-grant'
  test.each<[number, string, Rung, boolean, FailureKind]>([
    // status, error, rung, whether the grant presents credentials, kind
    [400, 'invalid_grant', refresh, false, 'grant-dead'],
    [403, 'invalid_grant', refresh, false, 'grant-dead'],
    [401, 'invalid_grant', refresh, true, 'grant-dead'],
    [200, 'invalid_grant', refresh, false, 'grant-dead'],
    [400, 'invalid_grant', regrant, true, 'credentials-rejected'],
    [401, 'invalid_grant', regrant, true, 'credentials-rejected'],
    [400, 'invalid_grant', regrant, false, 'misconfigured'],
    [401, 'invalid_client', refresh, false, 'misconfigured'],
    [400, 'invalid_client', regrant, true, 'misconfigured'],
    [401, 'unauthorized_client', refresh, false, 'misconfigured'],
    [400, 'unauthorized_client', refresh, false, 'rung-unsupported'],
    [403, 'unauthorized_client', refresh, false, 'rung-unsupported'],
    [400, 'unsupported_grant_type', refresh, false, 'rung-unsupported'],
    [401, 'unsupported_grant_type', refresh, false, 'rung-unsupported'],
    [400, 'unauthorized_client', regrant, false, 'misconfigured'],
    [400, 'unsupported_grant_type', regrant, true, 'misconfigured'],
    [400, 'invalid_scope', refresh, false, 'variant-refused'],
    [400, 'invalid_scope', regrant, true, 'variant-refused'],
    [400, 'invalid_target', refresh, false, 'variant-refused'],
    [400, 'invalid_request', refresh, false, 'misconfigured'],
    [400, 'unknown_error', refresh, false, 'misconfigured'],
    [400, 'INVALID_GRANT', refresh, false, 'misconfigured'],
    [401, 'invalid_token', refresh, false, 'misconfigured'],
    [400, 'temporarily_unavailable', refresh, false, 'transient'],
    [400, 'server_error', regrant, true, 'transient'],
    [400, 'slow_down', regrant, true, 'transient'],
    [408, 'invalid_grant', refresh, false, 'transient'],
    [429, 'invalid_grant', refresh, false, 'transient'],
    [500, 'invalid_grant', refresh, false, 'transient'],
    [503, 'invalid_client', regrant, true, 'transient'],
  ])(
    'C26 of %i %s on the %s rung (credentials: %s) is %s',
    (status, error, rung, presentsCredentials, kind) => {
      expect(classifyRefusal({ error, status, rung, presentsCredentials }, server)).toBe(kind)
    },
  )

  test('C26 of 401 invalid_token by legacy Spring ends the refresh token', () => {
    const refusal = { error: 'invalid_token', status: 401, presentsCredentials: true }
    expect(classifyRefusal({ ...refusal, rung: 'refresh-token' }, legacySpring)).toBe('grant-dead')
    expect(classifyRefusal({ ...refusal, rung: 're-grant' }, legacySpring)).toBe('credentials-rejected')
  })

  test('of a wrong client secret by Keycloak erases nothing: 401 unauthorized_client on either rung', () => {
    for (const rung of ['refresh-token', 're-grant'] as const) {
      const refusal = { error: 'unauthorized_client', status: 401, rung, presentsCredentials: false }
      expect(classifyRefusal(refusal, server)).toBe('misconfigured')
    }
  })

  test('of the API key of TrafficStars is about the credentials: nobody can consent again', () => {
    const refusal = {
      error: 'invalid_grant',
      status: 400,
      rung: 're-grant',
      presentsCredentials: true,
    } as const
    expect(classifyRefusal(refusal, server)).toBe('credentials-rejected')
  })
})

test.each([
  [200, false],
  [400, false],
  [401, false],
  [404, false],
  [407, false],
  [408, true],
  [409, false],
  [428, false],
  [429, true],
  [499, false],
  [500, true],
  [503, true],
  [504, true],
  [599, true],
])('C26 the status %i says "not now": %s', (status, isUnavailable) => {
  expect(isUnavailableStatus(status)).toBe(isUnavailable)
})

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 21, 8, 0, 0)
  test.each<[string | null, number | undefined]>([
    [null, undefined],
    ['0', 0],
    ['7', 7000],
    [' 120 ', 120_000],
    ['1.5', 1500],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['9'.repeat(400), 3_600_000],
    ['Sat, 21 Nov 2026 08:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 08:00:30 GMT', 30_000],
    ['Sat Nov 21 08:00:30 2026', 30_000],
    ['Sun Nov  1 08:00:30 2026', 0],
    ['Sat, 21 Nov 2026 07:59:59 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Sun, 22 Nov 2026 08:00:00 GMT', 3_600_000],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['+5', undefined],
    ['5s', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['error 2050', undefined],
    ['2050', 2_050_000],
    ['2050-01-01', undefined],
    ['Sat, 99 Nov 2026 08:00:30 GMT', undefined],
    ['7, 8', undefined],
  ])('C30 of %j is %s ms', (header, expected) => {
    expect(readRetryAfterMs(header, now)).toBe(expected)
  })
})

describe('the back-off', () => {
  const ceilings = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]

  test('doubles from 1 s to 30 s', () => {
    expect(ceilings.map((_, index) => backOffMs(index + 1, 300_000, () => 1))).toEqual(ceilings)
  })

  test('goes up to five minutes for tokens that live an hour', () => {
    expect([8, 9, 10, 1000].map(attempts => backOffMs(attempts, 3_600_000, () => 1))).toEqual([
      128_000, 256_000, 300_000, 300_000,
    ])
    expect(backOffMs(1000, 3_599_999, () => 1)).toBe(30_000)
    expect(backOffMs(1000, undefined, () => 1)).toBe(30_000)
  })

  test('is drawn from the upper half, so that a fleet spreads and nobody hammers', () => {
    const random = seededRandom(30)
    for (let sample = 0; sample < 2000; sample++) {
      const attempts = 1 + Math.floor(random() * 40)
      const ceilingMs = backOffMs(attempts, 3_600_000, () => 1)
      const drawnMs = backOffMs(attempts, 3_600_000, random)
      expect(drawnMs).toBeGreaterThanOrEqual(ceilingMs / 2)
      expect(drawnMs).toBeLessThanOrEqual(ceilingMs)
    }
    expect(backOffMs(1, undefined, () => 0)).toBe(500)
  })
})
