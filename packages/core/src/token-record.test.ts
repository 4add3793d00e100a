import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { aged, withClaim } from './commit.ts'
import { isStoreError } from './errors/store-error.ts'
import { hashToken, isSameBinding, parseRecord, serializeRecord } from './token-record.ts'
import type { Binding, TokenRecord } from './token-record.ts'
import { thrown, tokenRecord } from './units.test-support.ts'

const secret = /fake-(access|refresh)/

describe('a record', () => {
  test('comes back from a store as it went there, with members that this release does not know', () => {
    const record = tokenRecord()
    expect({ ...parseRecord(serializeRecord(record)) }).toEqual(record)
    expect(serializeRecord(record)).toContain('"future":{"member":true}')
  })

  test('C86 shows no secret when it is printed, inspected or serialised by accident', () => {
    const parsed = parseRecord(serializeRecord(tokenRecord()))
    for (const shown of [
      JSON.stringify(parsed),
      JSON.stringify({ nested: [parsed] }),
      inspect(parsed, { depth: 9, showHidden: false }),
      inspect({ nested: parsed }, { depth: 9 }),
    ]) {
      expect(shown).not.toMatch(secret)
      expect(shown).toContain('[redacted]')
    }
  })

  test('still holds its secrets when it is serialised for a store, also after a spread, aging and a claim', () => {
    const parsed = parseRecord(serializeRecord(tokenRecord()))
    const claimed = withClaim(aged({ ...parsed }, 0), { id: 'claim-1', refreshHash: 'hash-1', holdMs: 1 })
    for (const record of [parsed, { ...parsed }, aged(parsed, 0), claimed]) {
      expect(JSON.parse(serializeRecord(record))).toMatchObject(tokenRecord())
    }
  })

  test('still holds its secrets when an unknown member is called toJSON', () => {
    const payload = JSON.stringify({ ...tokenRecord(), toJSON: 'a member of a later release' })
    const parsed = parseRecord(payload)
    expect(JSON.parse(serializeRecord(aged(parsed, 0)))).toMatchObject(tokenRecord())
    expect(JSON.stringify(parsed)).not.toMatch(secret)
  })

  test('F36 with a __proto__ member pollutes nothing', () => {
    const parsed = parseRecord(serializeRecord(tokenRecord()).replace('{', '{"__proto__":{"isAdmin":true},'))
    expect(parsed).not.toHaveProperty('isAdmin')
    expect({}).not.toHaveProperty('isAdmin')
    expect(aged(parsed, 1)).not.toHaveProperty('isAdmin')
  })

  test('carries the schema that this release writes', () => {
    const { schema: _schema, ...rest } = tokenRecord()
    expect(JSON.parse(serializeRecord(rest as TokenRecord))).toMatchObject({ schema: 1 })
  })
})

describe('what is no record of this release', () => {
  const without = (member: keyof TokenRecord): string => {
    const { [member]: _member, ...rest } = tokenRecord()
    return JSON.stringify(rest)
  }
  const withMember = (member: string, value: unknown): string =>
    JSON.stringify({ ...tokenRecord(), [member]: value })

  test.each([
    ['a newer schema', withMember('schema', 2), 'newer release'],
    ['a newer schema and nothing else', '{"schema":7}', 'newer release'],
    ['no JSON', 'fake-refresh-1 is not JSON', 'no complete record'],
    ['an empty payload', '', 'no complete record'],
    ['null', 'null', 'no complete record'],
    ['a number', '42', 'no complete record'],
    ['a string', '"fake-refresh-1"', 'no complete record'],
    ['an array', '[]', 'no complete record'],
    ['an empty object', '{}', 'no complete record'],
    ['a schema of another type', withMember('schema', '1'), 'no complete record'],
    ['no family', without('family'), 'no complete record'],
    ['no generation', without('generation'), 'no complete record'],
    ['no binding', without('binding'), 'no complete record'],
    ['a binding of null', withMember('binding', null), 'no complete record'],
    ['a binding without an endpoint', withMember('binding', {}), 'no complete record'],
    ['no access tokens', without('access'), 'no complete record'],
    ['access tokens of null', withMember('access', null), 'no complete record'],
    ['access tokens as an array', withMember('access', []), 'no complete record'],
    [
      'an access token without a token',
      withMember('access', { '': { type: 'Bearer' } }),
      'no complete record',
    ],
    ['a refresh token as text', withMember('refresh', 'fake-refresh-1'), 'no complete record'],
    [
      'a refresh token without a hash',
      withMember('refresh', { token: 'fake-refresh-1' }),
      'no complete record',
    ],
    ['a truncated record', serializeRecord(tokenRecord()).slice(0, -5), 'no complete record'],
  ])('C82 is refused, unrevealed and for good: %s', (_title, payload, words) => {
    const error = thrown(() => parseRecord(payload))
    if (!isStoreError(error)) throw new Error('The record was not refused.', { cause: error })
    expect(error).toMatchObject({ code: 'store_schema_unknown', isTransient: false })
    expect(error.message).toContain(words)
    expect(error.message).toContain('left untouched')
    expect(inspect(error)).not.toMatch(secret)
    expect(error.cause).toBeUndefined()
  })
})

describe('two bindings', () => {
  const binding: Binding = {
    tokenEndpoint: 'https://a.example.test/token',
    issuer: 'i',
    clientId: 'c',
    subject: 's',
  }
  test.each<[string, Partial<Binding>, boolean]>([
    ['are the same', {}, true],
    ['differ by the token endpoint', { tokenEndpoint: 'https://b.example.test/token' }, false],
    ['differ by the issuer', { issuer: 'j' }, false],
    ['differ by a missing issuer', { issuer: undefined }, false],
    ['differ by the client', { clientId: 'd' }, false],
    ['differ by a missing client', { clientId: undefined }, false],
    ['differ by the user', { subject: 't' }, false],
    ['differ where one names no user', { subject: undefined }, false],
  ])('C45 %s', (_title, other, isSame) => {
    expect(isSameBinding(binding, { ...binding, ...other })).toBe(isSame)
    expect(isSameBinding({ ...binding, ...other }, binding)).toBe(isSame)
  })
})

describe('the hash of a token', () => {
  test('is deterministic, short, differs by token, and is the start of its SHA-256', async () => {
    expect(await hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223')
    expect(await hashToken('abc')).toBe(await hashToken('abc'))
    expect(await hashToken('abd')).not.toBe(await hashToken('abc'))
  })
})
