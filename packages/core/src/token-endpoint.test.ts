import { VirtualClock } from '@evergrant/testing'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { AuthorizationServer } from './authorization.ts'
import { anonymous } from './client-authentication/anonymous.ts'
import type { ClientAuthentication } from './client-authentication/client-authentication.ts'
import { clientSecretBasic } from './client-authentication/client-secret-basic.ts'
import { clientSecretPost } from './client-authentication/client-secret-post.ts'
import { none } from './client-authentication/none.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { requestToken } from './token-endpoint.ts'
import type { ExchangeResult, TokenRequest } from './token-endpoint.ts'
import { authorizationBase, fakeEndpoint } from './units.test-support.ts'

interface Sent {
  readonly url: URL
  readonly init: RequestInit
  readonly headers: Headers
  readonly body: URLSearchParams
}

const password: TokenRequest = {
  grantType: 'password',
  parameters: {
    values: { username: 'fake-user', password: 'fake-pass word+', scope: '' },
    secrets: ['fake-pass word+'],
  },
}
const refresh: TokenRequest = {
  grantType: 'refresh_token',
  parameters: { values: { refresh_token: 'fake-refresh-1' }, secrets: ['fake-refresh-1'] },
}
const success = { access_token: 'fake-access-1', token_type: 'Bearer', expires_in: 300 }

type Answer = (sent: Sent) => Response | Promise<Response>

interface BenchOptions {
  readonly server?: Partial<AuthorizationServer>
  readonly authentication?: ClientAuthentication
  readonly clientId?: string | null
  readonly clock?: VirtualClock
  readonly request?: TokenRequest
}

/** Sends one token request to a hand-written fetch. */
async function exchange(
  answer: Answer,
  {
    server,
    authentication,
    clientId = 'fake-client',
    clock = new VirtualClock(),
    request = password,
  }: BenchOptions = {},
): Promise<{ result: ExchangeResult; sent: Sent[]; clock: VirtualClock }> {
  const sent: Sent[] = []
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const one = {
      url: new URL(input instanceof Request ? input.url : input),
      init,
      headers: new Headers(init.headers),
      body: new URLSearchParams(init.body as URLSearchParams | undefined),
    }
    sent.push(one)
    return answer(one)
  }
  const base = authorizationBase(server, authentication, clientId)
  const result = await clock.runUntil(requestToken(base, request, { fetch, clock }, 25_000))
  expect(clock.pendingTimers).toBe(0)
  return { result, sent, clock }
}

const ok: Answer = () => Response.json(success)
const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })

function only(sent: readonly Sent[]): Sent {
  const [first, ...others] = sent
  if (first === undefined || others.length > 0)
    throw new Error(`${sent.length} requests were sent instead of one.`)
  return first
}

function failureOf(result: ExchangeResult): Extract<ExchangeResult, { kind: 'unavailable' }> {
  if (result.kind !== 'unavailable') throw new Error(`The result was ${result.kind}.`)
  return result
}

function expectNoSecret(result: ExchangeResult): void {
  const shown = inspect(result, { depth: 9, showHidden: true }) + JSON.stringify(result)
  const stack =
    result.kind === 'unavailable' ? `${result.problem.stack} ${inspect(result.problem.cause)}` : ''
  for (const secret of ['fake-pass', 'fake-client-secret', 'fake-refresh-1', 'fake-user']) {
    expect(shown + stack).not.toContain(secret)
  }
}

describe('a token request', () => {
  test('C4 C7 is one POST of a form that asks for JSON', async () => {
    const { sent } = await exchange(ok)
    const { url, init, headers, body } = only(sent)
    expect(url.href).toBe(fakeEndpoint)
    expect(init.method).toBe('POST')
    expect(headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(headers.get('accept')).toBe('application/json')
    expect(Object.fromEntries(body)).toEqual({
      grant_type: 'password',
      username: 'fake-user',
      password: 'fake-pass word+',
      client_id: 'fake-client',
      client_secret: 'fake-client-secret',
    })
  })

  test('C4 drops empty parameters and repeats none', async () => {
    const { body } = only((await exchange(ok)).sent)
    expect(body.has('scope')).toBe(false)
    expect([...body.keys()]).toEqual([...new Set(body.keys())])
  })

  test('C4 keeps the own query of the endpoint', async () => {
    const { url, body } = only(
      (await exchange(ok, { server: { tokenEndpoint: `${fakeEndpoint}?tenant=a%20b` } })).sent,
    )
    expect(url.href).toBe(`${fakeEndpoint}?tenant=a%20b`)
    expect(body.has('tenant')).toBe(false)
  })

  test('C2 with Basic has no id and no secret in the body', async () => {
    const { headers, body } = only(
      (await exchange(ok, { authentication: clientSecretBasic('fake-client-secret') })).sent,
    )
    expect(headers.get('authorization')).toMatch(/^Basic /)
    expect(body.has('client_id')).toBe(false)
    expect(body.has('client_secret')).toBe(false)
  })

  test('C2 with the secret in the body has no authorization header', async () => {
    expect(
      only((await exchange(ok, { authentication: clientSecretPost('fake-client-secret') })).sent).headers.has(
        'authorization',
      ),
    ).toBe(false)
  })

  test('C9 of a public client sends its id and nothing else', async () => {
    const { headers, body } = only((await exchange(ok, { authentication: none(), request: refresh })).sent)
    expect(headers.has('authorization')).toBe(false)
    expect(Object.fromEntries(body)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'fake-refresh-1',
      client_id: 'fake-client',
    })
  })

  test('of nobody sends no id at all', async () => {
    const { headers, body } = only(
      (await exchange(ok, { authentication: anonymous(), clientId: null, request: refresh })).sent,
    )
    expect(headers.has('authorization')).toBe(false)
    expect(Object.fromEntries(body)).toEqual({ grant_type: 'refresh_token', refresh_token: 'fake-refresh-1' })
  })

  test('C3 has no secret in its URL', async () => {
    expect(only((await exchange(ok)).sent).url.search).toBe('')
  })
})

describe('a token request by GET', () => {
  const server = { tokenRequest: 'get-query', tokenEndpoint: `${fakeEndpoint}?tenant=a` } as const

  test('has everything in the query, no body and no content type', async () => {
    const { url, init, headers } = only((await exchange(ok, { server })).sent)
    expect(init.method).toBe('GET')
    expect(init).not.toHaveProperty('body')
    expect(headers.has('content-type')).toBe(false)
    expect(headers.get('accept')).toBe('application/json')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: 'a',
      grant_type: 'password',
      username: 'fake-user',
      password: 'fake-pass word+',
      client_id: 'fake-client',
      client_secret: 'fake-client-secret',
    })
  })

  test.each<[string, Answer]>([
    [
      'a network failure',
      ({ url }) => Promise.reject(new TypeError(`fetch failed: ${url.href}`, { cause: new Error(url.href) })),
    ],
    [
      'an invalid URL',
      ({ url }) => Promise.reject(Object.assign(new TypeError('Invalid URL'), { input: url.href })),
    ],
    ['a redirect', ({ url }) => new Response(null, { status: 302, headers: { location: url.href } })],
    ['an outage', answering(503, '<html>')],
    ['an HTML page', ({ url }) => new Response(`<html>${url.href}`)],
    [
      'a refusal that echoes the URL',
      ({ url }) =>
        Response.json(
          { error: 'invalid_grant', error_description: `Bad: ${url.search.replace('fake-user', '')}` },
          { status: 400 },
        ),
    ],
  ])('C3 C86 F25 shows nothing of its URL after %s', async (_title, answer) => {
    expectNoSecret((await exchange(answer, { server })).result)
  })
})

describe('the redirect of a token request', () => {
  test.each([301, 302, 303, 307, 308])('C6 with %i is not followed', async status => {
    const answer = (): Response => new Response(null, { status, headers: { location: 'https://evil.test/' } })
    const { result, sent } = await exchange(answer)
    expect(only(sent).init.redirect).toBe('manual')
    const { problem } = failureOf(result)
    expect(problem).toMatchObject({ code: 'malformed_response', status })
    expect(problem.message).toContain('a redirect')
    expect(problem.message).not.toContain('evil')
  })

  test('C6 is found where the platform hides its status', async () => {
    const answer = (): Response =>
      Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' })
    expect(failureOf((await exchange(answer)).result).problem.message).toContain('a redirect')
  })
})

describe('the answer to a token request', () => {
  test('C16 is dated from before the request was sent, on both clocks', async () => {
    const clock = new VirtualClock(1_000_000)
    const answer: Answer = async () => {
      await new Promise<void>(resolve => void clock.schedule(resolve, 700))
      return Response.json(success)
    }
    const { result } = await exchange(answer, { clock })
    expect(result).toMatchObject({
      kind: 'issued',
      tokens: { accessToken: 'fake-access-1', lifetimeMs: 300_000 },
      timing: { sentWallAt: 1_000_000, sentMonotonicAt: 0, tookMs: 700 },
      warnings: [],
    })
  })

  test('passes the warnings of the reading on', async () => {
    const { result } = await exchange(answering(200, { ...success, expires_in: 'abc' }))
    expect(result.kind === 'issued' && result.warnings).toHaveLength(1)
  })

  test('C12 without a token type is read for a server that is known for it', async () => {
    const { token_type: _tokenType, ...body } = success
    expect((await exchange(answering(200, body))).result.kind).toBe('unavailable')
    const { result } = await exchange(answering(200, body), { server: { allowsMissingTokenType: true } })
    expect(result.kind).toBe('issued')
  })

  test('C28 that refuses loses the secrets that it echoes and keeps its code', async () => {
    const description = 'Invalid refresh token: fake-refresh-1\r\n(client fake-client-secret)'
    const body = { error: 'invalid_grant', error_description: description }
    const { result } = await exchange(answering(400, body), { request: refresh })
    expect(result).toEqual({
      kind: 'refused',
      error: 'invalid_grant',
      errorDescription: 'Invalid refresh token: [redacted] (client [redacted])',
      status: 400,
      retryAfterMs: undefined,
    })
  })

  test('C30 that refuses keeps its Retry-After', async () => {
    const { result } = await exchange(answering(400, { error: 'slow_down' }, { 'retry-after': '7' }))
    expect(result).toMatchObject({ kind: 'refused', retryAfterMs: 7000 })
  })

  test('a 401 with a Basic challenge and an HTML page is invalid_client', async () => {
    const { result } = await exchange(answering(401, '<html>', { 'www-authenticate': 'Basic realm="x"' }))
    expect(result).toMatchObject({ kind: 'refused', error: 'invalid_client', status: 401 })
  })

  test.each<[string, Answer, string]>([
    ['F34 an HTML page', answering(200, '<html>fake-access</html>'), 'an HTML page'],
    ['an HTML page with 404', answering(404, '<html>'), 'an HTML page'],
    ['nothing', answering(200, ''), 'an empty body'],
    ['truncated JSON', answering(200, '{"access_token":"fake-acc'), 'no JSON object'],
    [
      'F31 a body compressed twice',
      answering(200, '{}', { 'content-encoding': 'gzip, gzip' }),
      'more than once',
    ],
    ['F31 a body of 2 MiB', answering(200, 'x'.repeat(2_097_152)), 'more than 1 MiB'],
  ])('that is %s is malformed, transient and ambiguous', async (_title, answer, words) => {
    const { problem, isAmbiguous } = failureOf((await exchange(answer)).result)
    expect(problem).toMatchObject({ code: 'malformed_response', isTransient: true })
    expect(problem.message).toContain(words)
    expect(problem.message).toContain(fakeEndpoint)
    expect(problem.message).not.toContain('fake-acc')
    expect(isAmbiguous).toBe(true)
  })

  test('F31 that is too long for a body keeps its status', async () => {
    const { problem } = failureOf((await exchange(answering(404, 'x'.repeat(2_097_152)))).result)
    expect(problem).toMatchObject({ status: 404 })
    expect(problem.message).toContain('answered 404')
  })

  test.each([
    [408, true],
    [429, false],
    [500, true],
    [502, true],
    [503, false],
    [504, true],
  ])('C26 of %i is "not now", ambiguous: %s, whatever the body says', async (status, isAmbiguous) => {
    const bodies = [
      '',
      '<html>',
      JSON.stringify({ error: 'invalid_grant' }),
      JSON.stringify(success),
      'x'.repeat(2_097_152),
    ]
    for (const body of bodies) {
      const { result } = await exchange(answering(status, body, { 'retry-after': '30' }))
      expect(failureOf(result)).toMatchObject({ isAmbiguous, retryAfterMs: 30_000 })
      expect(failureOf(result).problem).toMatchObject({ code: 'server_unavailable', status, wasSent: true })
    }
  })

  test('that is not read is cancelled, so that its connection is free', async () => {
    let isCancelled = false
    const answer = (): Response =>
      new Response(new ReadableStream({ cancel: () => void (isCancelled = true) }), { status: 503 })
    await exchange(answer)
    expect(isCancelled).toBe(true)
  })
})

describe('a token request without an answer', () => {
  test.each([
    ['ENOTFOUND', false],
    ['ECONNREFUSED', false],
    ['CERT_HAS_EXPIRED', false],
    ['ECONNRESET', true],
    ['UND_ERR_SOCKET', true],
  ])('because of %s is ambiguous: %s', async (code, isAmbiguous) => {
    const failed = new TypeError('fetch failed', { cause: Object.assign(new Error('fake-pass'), { code }) })
    const { result } = await exchange(() => Promise.reject(failed))
    expect(failureOf(result)).toMatchObject({ isAmbiguous, retryAfterMs: undefined })
    expect(failureOf(result).problem).toMatchObject({ code: 'network_error', wasSent: isAmbiguous })
    expectNoSecret(result)
  })

  test('because the body breaks off is ambiguous', async () => {
    const body = new ReadableStream({ pull: controller => controller.error(new TypeError('terminated')) })
    expect(failureOf((await exchange(() => new Response(body))).result)).toMatchObject({ isAmbiguous: true })
  })

  const silence: Answer = ({ init }) =>
    new Promise((_resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })

  test('C7 ends at the hard limit and not before', async () => {
    const clock = new VirtualClock()
    const { result } = await exchange(silence, { clock })
    expect(clock.monotonic()).toBe(25_000)
    expect(failureOf(result)).toMatchObject({ isAmbiguous: true })
    expect(failureOf(result).problem).toMatchObject({ code: 'network_timeout', wasSent: true })
    expectNoSecret(result)
  })

  test('F32 a body that trickles ends at the hard limit too', async () => {
    const answer: Answer = ({ init }) =>
      new Response(
        new ReadableStream({
          start: controller =>
            init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
        }),
      )
    const clock = new VirtualClock()
    const { result } = await exchange(answer, { clock })
    expect(clock.monotonic()).toBe(25_000)
    expect(failureOf(result).problem.code).toBe('network_timeout')
  })
})

describe('a client authentication that fails', () => {
  const failing = (error: Error): ClientAuthentication => ({
    method: 'own_method',
    secrets: ['fake-client-secret'],
    async authenticate() {
      throw error
    },
  })

  test('sends nothing, so that nothing is ambiguous, and shows nothing of its reason', async () => {
    const { result, sent } = await exchange(ok, {
      authentication: failing(new TypeError('fake-client-secret is wrong')),
    })
    expect(sent).toEqual([])
    expect(failureOf(result)).toMatchObject({ isAmbiguous: false })
    expect(failureOf(result).problem).toMatchObject({
      code: 'network_error',
      wasSent: false,
      cause: { message: 'TypeError' },
    })
    expect(failureOf(result).problem.message).toContain('own_method')
    expectNoSecret(result)
  })

  test('says itself what is wrong if it is ours', async () => {
    const error = new ConfigurationError('ownMethod cannot work', ['key is missing.'])
    const { result } = await exchange(ok, { authentication: failing(error) })
    expect(failureOf(result)).toMatchObject({ problem: error, isAmbiguous: false })
  })
})
