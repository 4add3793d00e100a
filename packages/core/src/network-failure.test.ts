import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { lateAnswer, networkFailure } from './network-failure.ts'

const endpoint = 'https://auth.example.test/token'
const withCode = (code: unknown): Error => Object.assign(new Error('original words'), { code })
const fetchFailed = (cause: unknown): TypeError => new TypeError('fetch failed', { cause })

describe('a network failure', () => {
  test.each<[string, boolean, string]>([
    // code, whether the request may have left, what the message says
    ['ENOTFOUND', false, 'the host name does not resolve'],
    ['EAI_AGAIN', false, 'the host name does not resolve'],
    ['ECONNREFUSED', false, 'the connection was refused'],
    ['EHOSTUNREACH', false, 'EHOSTUNREACH'],
    ['ENETUNREACH', false, 'ENETUNREACH'],
    ['EADDRNOTAVAIL', false, 'EADDRNOTAVAIL'],
    ['UND_ERR_CONNECT_TIMEOUT', false, 'UND_ERR_CONNECT_TIMEOUT'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'certificate was not accepted (ERR_TLS_CERT_ALTNAME_INVALID)'],
    ['CERT_HAS_EXPIRED', false, 'certificate was not accepted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, 'certificate was not accepted'],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, 'certificate was not accepted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false, 'certificate was not accepted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', false, 'certificate was not accepted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, 'ERR_SSL_WRONG_VERSION_NUMBER'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', false, 'HANDSHAKE_FAILURE'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', false, 'PROTOCOL_VERSION'],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', true, 'BAD_RECORD_MAC'],
    ['ECONNRESET', true, 'ECONNRESET'],
    ['EPIPE', true, 'EPIPE'],
    ['ETIMEDOUT', true, 'ETIMEDOUT'],
    ['UND_ERR_SOCKET', true, 'UND_ERR_SOCKET'],
    ['UND_ERR_HEADERS_TIMEOUT', true, 'UND_ERR_HEADERS_TIMEOUT'],
    ['UND_ERR_BODY_TIMEOUT', true, 'UND_ERR_BODY_TIMEOUT'],
  ])('with %s tells whether the request left, and what to look at', (code, wasSent, words) => {
    const error = networkFailure(fetchFailed(withCode(code)), endpoint, false)
    expect(error).toMatchObject({ code: 'network_error', wasSent, isTransient: true, status: undefined })
    expect(error.message).toContain(`No answer from ${endpoint}: `)
    expect(error.message).toContain(words)
    expect(error.cause).toMatchObject({ message: code })
  })

  test.each<[string, unknown]>([
    ['on the error itself', withCode('ECONNREFUSED')],
    ['on its cause', fetchFailed(withCode('ECONNREFUSED'))],
    ['on the cause of its cause', fetchFailed(fetchFailed(withCode('ECONNREFUSED')))],
    [
      'on the first of several attempts',
      new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNRESET')]),
    ],
    ['on several attempts behind fetch', fetchFailed(new AggregateError([withCode('ECONNREFUSED')]))],
  ])('finds the code %s', (_title, error) => {
    expect(networkFailure(error, endpoint, false).wasSent).toBe(false)
  })

  test.each<[string, unknown]>([
    ['no error at all', undefined],
    ['null', null],
    ['a string', 'https://user:fake-password@evil.test/?password=fake-password'],
    ['an error without a code', new Error('fake-password')],
    ['a number for a code', withCode(20)],
    ['a sentence for a code', withCode('fake-password is wrong')],
    ['a lower-case code', withCode('fakepassword')],
    ['an endless code', withCode('A'.repeat(100))],
    ['a cause that never ends', fetchFailed(fetchFailed(fetchFailed(fetchFailed(withCode('ECONNREFUSED')))))],
    ['attempts that are no list', { errors: 'ECONNREFUSED' }],
    ['no attempts', new AggregateError([])],
  ])('counts as sent after %s, and repeats nothing of it', (_title, error) => {
    const failure = networkFailure(error, endpoint, false)
    expect(failure).toMatchObject({ wasSent: true })
    expect(failure.message).toBe(
      `No answer from ${endpoint}: the connection failed. Evergrant will try again.`,
    )
    expect(inspect(failure, { depth: 9 })).not.toContain('fake-password')
  })

  test('C86 F25 never holds the URL or the words of the original error', () => {
    const url = 'https://auth.example.test/token?username=fake-user&password=fake-password'
    const original = fetchFailed(Object.assign(new Error(`request to ${url} failed`), { code: 'ECONNRESET' }))
    const error = networkFailure(original, endpoint, false)
    for (const shown of [inspect(error, { depth: 9 }), JSON.stringify(error), error.message, error.stack]) {
      expect(shown).not.toContain('fake-password')
      expect(shown).not.toContain('?')
    }
  })

  test('that is a timeout says so; the request may have left', () => {
    const error = networkFailure(new DOMException('This operation was aborted', 'AbortError'), endpoint, true)
    expect(error).toMatchObject({ code: 'network_timeout', wasSent: true })
    expect(error.message).toContain('the time ran out')
    expect(error.cause).toMatchObject({ message: 'AbortError' })
  })

  test('for a caller whose patience ended names the endpoint without its query', () => {
    const error = lateAnswer(`${endpoint}?secret=fake-secret`)
    expect(error).toMatchObject({ code: 'network_timeout', wasSent: true })
    expect(error.message).toContain(`${endpoint} in time`)
    expect(error.message).not.toContain('fake-secret')
  })
})
