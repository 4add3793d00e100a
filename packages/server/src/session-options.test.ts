import { isConfigurationError, memoryStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { expect, test, vi } from 'vitest'
import { createSessions } from './sessions.ts'
import type { SessionsOptions } from './session-options.ts'

const { clientId, clientSecret } = createEmulator().travis.credentials.customerClient
const authorization = travis.customers({ clientId, clientSecret })
const key = 'fake-session-key-Wm4tQ9xL2vB7nR5cK8'

test.each<[string, object, RegExp]>([
  ['tokensIn', { tokensIn: 'memory' }, /tokensIn must be 'store' or 'cookie'/],
  ['no key', { tokensIn: 'cookie' }, /needs keys to seal/],
  ['no key in the list', { tokensIn: 'cookie', keys: [] }, /at least one key/],
  ['a short key', { tokensIn: 'cookie', keys: 'fake-short' }, /keys\[0\] must be a text of at least 32/],
  ['a typed key', { tokensIn: 'cookie', keys: 'abc'.repeat(20) }, /keys\[0\] must be random/],
  ['a key twice', { tokensIn: 'cookie', keys: [key, key] }, /keys must all differ/],
  ['a key without a use', { keys: key }, /keys seal cookies/],
  ['a life of no time', { maxAgeMs: 0 }, /maxAgeMs/],
  ['a life without end', { maxAgeMs: Infinity }, /maxAgeMs/],
  ['a life that is no number', { maxAgeMs: Number.NaN }, /maxAgeMs/],
  ['a name with a prefix', { cookie: { name: '__Host-mine' } }, /prefix __Host- is added/],
  ['a name that is none', { cookie: { name: 'a; b' } }, /cookie\.name/],
  ['a domain', { cookie: { domain: 'example.com' } }, /cookie\.domain cannot be set: a __Host- cookie/],
  ['a path', { cookie: { path: '/app' } }, /cookie\.path cannot be set/],
  ['no Secure', { cookie: { secure: false } }, /cookie\.secure cannot be set/],
  ['SameSite none', { cookie: { sameSite: 'none' } }, /cookie\.sameSite/],
])('refuses %s with a sentence, and never shows a key', (_what, options, sentence) => {
  const create = (): unknown => createSessions({ authorization, onNotice: () => {}, ...options })
  expect(create).toThrow(sentence)
  expect(create).toThrow(expect.toSatisfy(isConfigurationError) as Error)
  expect(create).not.toThrow(key)
})

test('an authorization with a grant is refused: no user ever receives the token of the application', () => {
  const service = travis.serviceAccount({ clientId, clientSecret })
  const options = { authorization: service, onNotice: () => {} } as unknown as SessionsOptions
  expect(() => createSessions(options)).toThrow(/holds a grant of the application/)
})

test('without a store a notice says what is lost with the process', () => {
  const onNotice = vi.fn()
  createSessions({ authorization, onNotice })
  createSessions({ authorization, onNotice, tokensIn: 'cookie', keys: key })
  expect(onNotice.mock.calls.flat()).toEqual([
    expect.stringMatching(/restart signs everybody out.*Pass a store/),
    expect.stringMatching(/several instances.*Pass a store/),
  ])
})

test('a plain cookie of development is announced once, unless somebody has chosen it', () => {
  const notices: string[] = []
  const onNotice = (notice: string): void => void notices.push(notice)
  const store = memoryStore()
  for (const allowInsecureLoopback of [true, undefined]) {
    const sessions = createSessions({ authorization, store, onNotice, allowInsecureLoopback })
    for (let times = 0; times < 2; times++) sessions.for(new Request('http://localhost:3000/'))
    sessions.for(new Request('https://app.test/'))
  }
  expect(notices).toEqual([expect.stringMatching(/plain http on this machine.*needs https/)])
})
