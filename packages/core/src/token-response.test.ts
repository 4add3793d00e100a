import { seededRandom } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import { readTokenResponse } from './token-response.ts'
import type { IssuedTokens, TokenResponseInput, TokenResponseReading } from './token-response.ts'

const wire = { access_token: 'fake-access', token_type: 'Bearer', expires_in: 300 }

function read(body: unknown, rest: Partial<TokenResponseInput> = {}): TokenResponseReading {
  return readTokenResponse({
    status: 200,
    text: typeof body === 'string' ? body : JSON.stringify(body),
    ...rest,
  })
}

function tokensOf(reading: TokenResponseReading): IssuedTokens {
  if (reading.kind !== 'issued') throw new Error(`The response was ${reading.kind}.`, { cause: reading })
  return reading.tokens
}

function problemOf(reading: TokenResponseReading): string {
  if (reading.kind !== 'malformed') throw new Error(`The response was ${reading.kind}.`, { cause: reading })
  return reading.problem
}

describe('a success', () => {
  test('C11 becomes our members and units', () => {
    const body = {
      ...wire,
      refresh_token: 'fake-refresh',
      refresh_expires_in: 1800,
      scope: 'read write',
      id_token: 'fake.id.token',
      session_state: 'state-1',
      'not-before-policy': 0,
    }
    const reading = read(body)
    expect(reading).toMatchObject({ kind: 'issued', warnings: [] })
    const { raw, ...tokens } = tokensOf(reading)
    expect(tokens).toEqual({
      accessToken: 'fake-access',
      tokenType: 'Bearer',
      lifetimeMs: 300_000,
      refreshToken: 'fake-refresh',
      refreshLifetimeMs: 1_800_000,
      scope: 'read write',
      idToken: 'fake.id.token',
    })
    expect({ ...raw }).toEqual({ session_state: 'state-1', 'not-before-policy': 0 })
  })

  test('F35 may start with a byte order mark and be surrounded by white space', () => {
    expect(tokensOf(read(`\uFEFF\n  ${JSON.stringify(wire)}\r\n`)).accessToken).toBe('fake-access')
  })

  test('F35 with two members of one name is read as JSON.parse reads it: the last one counts', () => {
    const text = '{"access_token":"fake-first","access_token":"fake-second","token_type":"bearer"}'
    expect(tokensOf(read(text)).accessToken).toBe('fake-second')
  })

  test.each([undefined, '', null, 42, ['fake-refresh'], { token: 'x' }])(
    'C18 with a refresh_token of %j has none',
    refresh_token => {
      expect(tokensOf(read({ ...wire, refresh_token }))).not.toHaveProperty('refreshToken')
    },
  )

  test.each([undefined, '', null, 7, ['read']])('C17 with a scope of %j names none', scope => {
    expect(tokensOf(read({ ...wire, scope }))).not.toHaveProperty('scope')
  })

  test.each([
    ['refresh_expires_in', 1800, 1_800_000],
    ['refresh_expires_in', '1800', 1_800_000],
    ['refresh_expires_in', 7_776_000, 7_776_000_000],
    ['refresh_token_expires_in', 1800, 1_800_000],
    ['refresh_expires_in', 0, undefined],
    ['refresh_expires_in', -1, undefined],
    ['refresh_expires_in', 'never', undefined],
    ['refresh_expires_in', null, undefined],
  ])('C23 with a %s of %j has a refresh lifetime of %s ms', (name, value, expected) => {
    expect(tokensOf(read({ ...wire, [name]: value })).refreshLifetimeMs).toBe(expected)
  })
})

describe('token_type', () => {
  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('C12 may be written %s', token_type => {
    expect(tokensOf(read({ ...wire, token_type })).tokenType).toBe('Bearer')
  })

  test.each(['mac', 'DPoP', 'Bearer ', 'N_A', 42, true, ['Bearer'], { type: 'Bearer' }])(
    'C12 of %j is refused, also by the lenient reading',
    token_type => {
      expect(problemOf(read({ ...wire, token_type }))).toContain('token_type')
      expect(problemOf(read({ ...wire, token_type }, { allowsMissingTokenType: true }))).toContain(
        'token_type',
      )
    },
  )

  test.each([undefined, null, ''])(
    'C12 of %j is missing: refused, unless the server is known for it',
    token_type => {
      expect(problemOf(read({ ...wire, token_type }))).toContain('token_type')
      expect(tokensOf(read({ ...wire, token_type }, { allowsMissingTokenType: true })).tokenType).toBe(
        'Bearer',
      )
    },
  )
})

describe('expires_in', () => {
  const longestMs = (2 ** 31 - 1) * 1000
  const unreadable = /no number/
  const spent = /zero or less/
  test.each<[string, number | undefined, RegExp | undefined]>([
    // as raw JSON text, in milliseconds, the warning
    ['300', 300_000, undefined],
    ['"300"', 300_000, undefined],
    ['" 300 "', 300_000, undefined],
    ['"+300"', 300_000, undefined],
    ['3e2', 300_000, undefined],
    ['300.5', 300_500, undefined],
    ['"300.5"', 300_500, undefined],
    ['0.0004', 0, spent],
    ['0', 0, spent],
    ['"0"', 0, spent],
    ['-1', -1000, spent],
    ['"-1"', -1000, spent],
    ['7776000', 7_776_000_000, undefined],
    ['1e12', longestMs, undefined],
    ['"1000000000000"', longestMs, undefined],
    ['1e308', longestMs, undefined],
    ['-1e308', -longestMs, spent],
    ['1e400', undefined, unreadable],
    ['-1e400', undefined, unreadable],
    [`"${'9'.repeat(400)}"`, undefined, unreadable],
    ['"3600abc"', undefined, unreadable],
    ['"abc"', undefined, unreadable],
    ['"3e2"', undefined, unreadable],
    ['"0x12c"', undefined, unreadable],
    ['"Infinity"', undefined, unreadable],
    ['"NaN"', undefined, unreadable],
    ['""', undefined, unreadable],
    ['[]', undefined, unreadable],
    ['[300]', undefined, unreadable],
    ['true', undefined, unreadable],
    ['{}', undefined, unreadable],
    ['null', undefined, undefined],
  ])('C14 F37 of %s', (json, lifetimeMs, warning) => {
    const reading = read(`{"access_token":"fake-access","token_type":"Bearer","expires_in":${json}}`)
    expect(tokensOf(reading).lifetimeMs).toBe(lifetimeMs)
    const warnings = reading.kind === 'issued' ? reading.warnings : []
    expect(warnings).toHaveLength(warning ? 1 : 0)
    if (warning) expect(warnings[0]).toMatch(warning)
  })

  test('C15 that is missing is unknown: neither zero nor infinite', () => {
    const { expires_in: _expiresIn, ...rest } = wire
    expect(read(rest)).toMatchObject({ kind: 'issued', warnings: [] })
    expect(tokensOf(read(rest))).not.toHaveProperty('lifetimeMs')
  })

  test('F37 of any number is a finite lifetime within bounds, or unknown', () => {
    const random = seededRandom(37)
    for (let sample = 0; sample < 5000; sample++) {
      const value = (random() - 0.5) * 10 ** (310 * random())
      const { lifetimeMs } = tokensOf(read({ ...wire, expires_in: random() < 0.5 ? value : String(value) }))
      if (lifetimeMs === undefined) continue
      expect(Number.isFinite(lifetimeMs)).toBe(true)
      expect(Math.abs(lifetimeMs)).toBeLessThanOrEqual(longestMs)
    }
  })
})

describe('access_token', () => {
  test.each([undefined, null, '', 42, true, ['fake-access'], { token: 'x' }])(
    'C11 of %j is no token',
    access_token => {
      expect(problemOf(read({ ...wire, access_token }))).toContain('access_token')
    },
  )

  test('C20 of 64 kB is taken as it is', () => {
    const access_token = 'a'.repeat(65_536)
    expect(tokensOf(read({ ...wire, access_token })).accessToken).toBe(access_token)
  })

  test('C20 is opaque, whatever it looks like', () => {
    for (const access_token of ['abc.def-ghi_jkl~mno+pqr/stu==', 'undefined', 'eyJhbGciOiJub25lIn0.e30.']) {
      expect(tokensOf(read({ ...wire, access_token })).accessToken).toBe(access_token)
    }
  })

  test.each([
    'fake\r\nX-Evil: 1',
    'fake\n',
    'fake\r',
    'fake\0',
    'fake access',
    'fake"',
    'fäke',
    'fake\u2028',
    '=fake',
    'fa=ke',
    'fake,x',
  ])('C21 of %j can enter no header', access_token => {
    const problem = problemOf(read({ ...wire, access_token }))
    expect(problem).toContain('no header may carry')
    expect(problem).not.toContain('fake')
  })
})

describe('unknown members', () => {
  test('C19 F36 named __proto__ or constructor pollute nothing', () => {
    const text = `{"access_token":"fake-access","token_type":"bearer","__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"toString":"x"}`
    const tokens = tokensOf(read(text))
    expect({}).not.toHaveProperty('isAdmin')
    expect(Object.getPrototypeOf(tokens.raw)).toBeNull()
    expect(Object.keys(tokens.raw)).toEqual(['constructor', 'toString'])
    expect(Object.assign({}, tokens.raw)).not.toHaveProperty('isAdmin')
  })

  test('C19 of the prototype itself count for nothing', () => {
    const text = `{"__proto__":{"access_token":"fake-access","token_type":"bearer"}}`
    expect(problemOf(read(text))).toContain('access_token')
    expect(problemOf(read('{"__proto__":{"error":"invalid_grant"}}', { status: 400 }))).toContain('error')
  })
})

test.each([200, 201, 203])(
  'a token with status %d is taken: refusing it could lose a rotated refresh token',
  status => {
    const reading = readTokenResponse({ status, text: JSON.stringify(wire) })
    expect(reading.kind).toBe('issued')
  },
)

describe('an answer that is no token response', () => {
  test.each<[string, string, number, string]>([
    ['F34 an HTML page', '<!doctype html><title>Sign in to Wi-Fi</title>', 200, 'an HTML page'],
    ['F34 an HTML page after a byte order mark', '\uFEFF\n<html>', 200, 'an HTML page'],
    ['F34 an HTML page with 404', '<h1>Not found</h1>', 404, 'an HTML page'],
    ['an empty body', '', 200, 'an empty body'],
    ['an empty body with 204', '', 204, 'an empty body'],
    ['an empty body with 400', '', 400, 'an empty body'],
    ['white space', ' \r\n', 200, 'an empty body'],
    ['truncated JSON', '{"access_token":"fake-acc', 200, 'no JSON object'],
    [
      'JSON with a trailing comma',
      '{"access_token":"fake-access","token_type":"bearer",}',
      200,
      'no JSON object',
    ],
    ['two JSON texts', '{}{}', 200, 'no JSON object'],
    ['an array', '[{"access_token":"fake-access"}]', 200, 'no JSON object'],
    ['null', 'null', 200, 'no JSON object'],
    ['a string', '"fake-access"', 200, 'no JSON object'],
    ['a number', '42', 200, 'no JSON object'],
    ['plain text', 'OK', 200, 'no JSON object'],
    ['UTF-16', '\0{\0"\0a\0"\0:\0"\0b\0"\0}', 200, 'no JSON object'],
    ['NUL bytes', '\0\0\0\0', 200, 'no JSON object'],
    ['a form of a success', 'access_token=fake-access&token_type=bearer', 200, 'no JSON object'],
    ['an empty object', '{}', 200, 'access_token'],
    ['an object without an error', '{"message":"Bad request"}', 400, 'without an "error"'],
    ['a token with 400', JSON.stringify(wire), 400, 'without an "error"'],
    ['an error that is empty', '{"error":""}', 400, 'without an "error"'],
    ['an error that is a number', '{"error":400}', 400, 'without an "error"'],
    ['an error that is true', '{"error":true}', 400, 'without an "error"'],
    ['a word that only ends in error', 'myerror=invalid_grant', 400, 'no JSON object'],
    ['a text about an error', 'There was an error=invalid_grant', 400, 'no JSON object'],
  ])('%s is malformed and quotes nothing of it', (_title, text, status, words) => {
    const problem = problemOf(read(text, { status }))
    expect(problem).toContain(words)
    expect(problem).not.toContain('fake')
  })

  test('is found out quickly even if it is large and hostile', () => {
    const started = performance.now()
    for (const text of [
      'a'.repeat(1e6),
      `${'='.repeat(1e6)}!`,
      `${'error='.repeat(150_000)}\n!`,
      '['.repeat(1e6),
    ]) {
      read(text, { status: 400 })
    }
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('a refusal', () => {
  test.each<[string, string, number, string, unknown]>([
    [
      'a JSON error',
      '{"error":"invalid_grant","error_description":"Stale token"}',
      400,
      'invalid_grant',
      'Stale token',
    ],
    [
      'C25 a 403 of Auth0',
      '{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}',
      403,
      'invalid_grant',
      'Unknown or invalid refresh token.',
    ],
    ['C26 a 401 of legacy Spring', '{"error":"invalid_token"}', 401, 'invalid_token', undefined],
    ['C11 a 200 with an error', '{"error":"bad_refresh_token"}', 200, 'bad_refresh_token', undefined],
    [
      'C11 a 200 with an error beside a token',
      JSON.stringify({ ...wire, error: 'invalid_scope' }),
      200,
      'invalid_scope',
      undefined,
    ],
    [
      'an error after a byte order mark',
      '\uFEFF{"error":"invalid_client"}',
      401,
      'invalid_client',
      undefined,
    ],
    ['C25 a form', 'error=invalid_grant&error_description=Stale+token', 400, 'invalid_grant', 'Stale token'],
    [
      'C25 a form in another order',
      'error_description=Stale%20token&error=invalid_grant\n',
      400,
      'invalid_grant',
      'Stale token',
    ],
    ['C25 a form with prototype members', '__proto__=x&error=invalid_grant', 400, 'invalid_grant', undefined],
    ['a nested error', '{"error":{"code":"invalid_grant","message":"no"}}', 400, 'invalid_grant', undefined],
    ['a nested error with a type', '{"error":{"type":"OAuthException"}}', 400, 'OAuthException', undefined],
    ['a nested error without a word', '{"error":{"message":"no"}}', 400, 'unknown_error', undefined],
    ['a nested error with a number', '{"error":{"code":400}}', 400, 'unknown_error', undefined],
    ['an array of errors', '{"error":["invalid_grant"]}', 400, 'unknown_error', undefined],
    ['a sentence for an error', '{"error":"Your fake-refresh is wrong!"}', 400, 'unknown_error', undefined],
    ['an error with a line break', '{"error":"invalid_grant\\nX: y"}', 400, 'unknown_error', undefined],
    ['an endless error', `{"error":"${'e'.repeat(65)}"}`, 400, 'unknown_error', undefined],
    [
      'a description of another type',
      '{"error":"invalid_grant","error_description":["x"]}',
      400,
      'invalid_grant',
      ['x'],
    ],
  ])('is read from %s', (_title, text, status, error, errorDescription) => {
    expect(read(text, { status })).toEqual({ kind: 'refused', error, errorDescription })
  })

  test('an error of null beside a token is none', () => {
    expect(tokensOf(read({ ...wire, error: null })).accessToken).toBe('fake-access')
  })

  test.each(['Basic realm="tokens"', 'basic', ' Basic realm=x'])(
    'a 401 with the challenge %j and no readable body is invalid_client',
    challenge => {
      expect(read('', { status: 401, challenge })).toMatchObject({ kind: 'refused', error: 'invalid_client' })
    },
  )

  test.each([
    [401, 'Bearer error="invalid_token"'],
    [401, 'Basically'],
    [401, null],
    [403, 'Basic realm="tokens"'],
  ])('a %i with the challenge %j and no readable body is malformed', (status, challenge) => {
    expect(problemOf(read('', { status, challenge }))).toContain('empty')
  })

  test('a readable error counts for more than the challenge', () => {
    const reading = read('{"error":"invalid_grant"}', { status: 401, challenge: 'Basic realm="tokens"' })
    expect(reading).toMatchObject({ error: 'invalid_grant' })
  })
})
