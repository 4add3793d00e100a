import { describe, expect, test } from 'vitest'
import { createBench, rejection, tokenOf } from './engine.test-support.ts'
import { memoryStore, passwordGrant } from './index.ts'
import type { TokenStore } from './index.ts'
import { recordKeepMs } from './record-keep-time.ts'
import type { TokenRecord } from './token-record.ts'

const [minute, day] = [60_000, 86_400_000]

const access = { '': { token: 'fake-access', type: 'Bearer', remainingAtWriteMs: minute } } as const
const refresh = { token: 'fake-refresh', hash: 'fake-hash' } as const
const failure = { fingerprint: '', attempts: 1, retryInMs: 5 * minute } as const

function record(members: Partial<TokenRecord>): TokenRecord {
  const binding = { tokenEndpoint: 'https://provider.example/token' }
  return { schema: 1, binding, family: 'f', generation: 1, access: {}, ...members }
}

describe('a record', () => {
  test.each<[string, Partial<TokenRecord>, number | undefined]>([
    [
      'of tokens whose ends are known is kept a day longer than the last of them',
      { access, refresh: { ...refresh, remainingAtWriteMs: 30 * minute } },
      30 * minute + day,
    ],
    [
      'of a refresh token that ends before its access token follows the access token',
      { access, refresh: { ...refresh, remainingAtWriteMs: 1 } },
      minute + day,
    ],
    ['of a refresh token whose end is not known is kept for ever', { access, refresh }, undefined],
    [
      'of an access token whose end is not known is kept for ever',
      { access: { '': { token: 'fake-access', type: 'Bearer' } } },
      undefined,
    ],
    ['without a refresh token ends with its access token', { access }, minute + day],
    [
      'of tokens that have ended is kept for a day',
      { access: { '': { ...access[''], remainingAtWriteMs: -2 * day } } },
      day,
    ],
    ['of a sign-out is kept for ever', { signedOut: true }, undefined],
    [
      'of a refused password is kept for ever',
      { access, failure: { ...failure, kind: 'credentials-rejected' } },
      undefined,
    ],
    ['outlives its back-off', { access, failure: { ...failure, kind: 'transient' } }, 5 * minute + day],
    ['outlives its claim', { access, claim: { id: 'c', attempt: 1, holdMs: 2 * minute } }, 2 * minute + day],
    ['of a first claim is kept for ever', { claim: { id: 'c', attempt: 1, holdMs: 2 * minute } }, undefined],
  ])('%s', (_name, members, expected) => {
    expect(recordKeepMs(record(members))).toBe(expected)
  })
})

test('every write of a manager tells the store how long to keep the record', async () => {
  const bench = createBench()
  const inner = memoryStore({ clock: bench.clock })
  const kept: (number | undefined)[] = []
  const store: TokenStore = {
    read: key => inner.read(key),
    write: (key, payload, options) => (kept.push(options.keepMs), inner.write(key, payload, options)),
  }
  const tokens = bench.users({}, { store }).for('user-1')
  const { body } = tokenOf('access-a', 'refresh-a')
  bench.server.answer({ body: { ...body, refresh_expires_in: 1800 } })
  await tokens.signIn(passwordGrant({ username: 'fake-user', password: 'fake-password' }))
  await bench.clock.advance(301_000)
  bench.server.answer({ body: { ...body, refresh_expires_in: 1800 } })
  await tokens.getAccessToken()
  await tokens.signOut()
  const ofTokens = 1_800_000 + day
  expect(kept).toEqual([ofTokens, ofTokens - 301_000, ofTokens, undefined])
})

test('F14 the record of a person who signed in where a grant is configured stays: nobody goes on in their place', async () => {
  const bench = createBench()
  const connect = (): TokenStore => ({
    read: key => bench.store.read(key),
    write: (...given) => bench.store.write(...given),
  })
  const first = bench.manager({ store: connect() })
  const { body } = tokenOf('access-bob', 'refresh-bob')
  bench.server.answer({ body: { ...body, refresh_expires_in: 3600 } })
  await first.signIn(passwordGrant({ username: 'fake-user', password: 'fake-password' }))
  await bench.clock.advance(4_000_000)
  bench.server.answer({ status: 400, body: { error: 'invalid_grant' } })
  await rejection(bench.manager({ store: connect() }).getAccessToken())
  await bench.clock.advance(90_000_000)
  const later = await rejection(bench.manager({ store: connect() }).getAccessToken())
  expect(later).toMatchObject({ name: 'ReauthorizationRequiredError' })
})
