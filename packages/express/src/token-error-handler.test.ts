import {
  AccessTokenNotExposedError,
  AuthorizationServerError,
  ConfigurationError,
  DisposedError,
  MalformedResponseError,
  NeedsRefreshError,
  NetworkError,
  OriginNotAllowedError,
  ReauthorizationRequiredError,
  StoreError,
  SupersededError,
  TooManyAttemptsError,
} from '@evergrant/core/source'
import type { EvergrantError } from '@evergrant/core/source'
import type { Request, Response } from 'express'
import { expect, test, vi } from 'vitest'
import { unconnected } from './express.test-support.ts'
import type { SentAnswer } from './express.test-support.ts'
import type { TokenErrorHandlerOptions } from './token-error-handler.ts'
import { tokenErrorHandler } from './token-error-handler.ts'

const now = 1_800_000_000_000
const asked = { url: '/trucks' } as Request

interface Answer extends Partial<SentAnswer> {
  readonly headers: SentAnswer['headers']
  /** What `next` was called with; empty: it was not called. */
  readonly passedOn: readonly unknown[]
}

async function answer(
  error: unknown,
  { headersSent = false, ...options }: TokenErrorHandlerOptions & { readonly headersSent?: boolean } = {},
): Promise<Answer> {
  const { response, sent } = unconnected('/trucks')
  if (headersSent) response.writeHead(200)
  const next = vi.fn()
  void tokenErrorHandler({ now: () => now, ...options })(error, asked, response as Response, next)
  const passedOn = next.mock.calls.flat() as unknown[]
  return next.mock.calls.length > 0 ? { headers: {}, passedOn } : { ...(await sent), passedOn }
}

const retryAt = now + 4200
const network = (options: { retryAt?: number } = {}): NetworkError =>
  new NetworkError('no answer', { code: 'network_timeout', wasSent: true, ...options })

const general: Readonly<Record<number, string>> = {
  403: 'The access token stays on the server. Send the request through the server instead.',
  500: 'The server is not configured correctly.',
  502: 'The authorization server refused the request.',
  503: 'The service is not available at the moment. Try again later.',
}

test.each<[number, string, EvergrantError]>([
  [
    401,
    'reauthorization_required',
    new ReauthorizationRequiredError('sign in', { reason: 'never-signed-in' }),
  ],
  [500, 'origin_not_allowed', new OriginNotAllowedError('not there')],
  [500, 'invalid_configuration', new ConfigurationError('wrong', ['this'])],
  [500, 'store_schema_unknown', new StoreError('newer', { code: 'store_schema_unknown' })],
  [
    502,
    'client_misconfigured',
    new AuthorizationServerError('no', {
      code: 'client_misconfigured',
      error: 'invalid_client',
      status: 401,
    }),
  ],
  [503, 'network_timeout', network()],
  [503, 'malformed_response', new MalformedResponseError('html', { status: 200 })],
  [503, 'store_unavailable', new StoreError('down')],
  [503, 'needs_refresh', new NeedsRefreshError('read-only')],
  [503, 'superseded', new SupersededError('signed in anew')],
  [503, 'disposed', new DisposedError('shutting down')],
  [403, 'access_token_not_exposed', new AccessTokenNotExposedError('proxy mode')],
  [429, 'too_many_attempts', new TooManyAttemptsError('Wait a minute.', { retryAt: now })],
])('answers %i for %s', async (status, code, error) => {
  const { passedOn, headers, ...sent } = await answer(error)
  const message = general[status] ?? error.message
  expect(sent).toEqual({ status, body: { error: { code, message } } })
  expect(headers['cache-control']).toBe('private, no-store')
  expect(passedOn).toEqual([])
})

test('Retry-After is the whole seconds until retryAt, rounded up', async () => {
  expect((await answer(network({ retryAt }))).headers['retry-after']).toBe('5')
  const malformed = new MalformedResponseError('html', { status: 200, retryAt })
  expect((await answer(malformed)).headers['retry-after']).toBe('5')
})

test('Retry-After is never negative, and absent where nobody knows', async () => {
  expect((await answer(network({ retryAt: now - 9000 }))).headers['retry-after']).toBe('0')
  expect((await answer(network())).headers).not.toHaveProperty('retry-after')
})

test.each([new SupersededError('signed in anew'), new NeedsRefreshError('read-only')])(
  'what %s stopped may be repeated at once',
  async error => {
    expect((await answer(error)).headers['retry-after']).toBe('0')
  },
)

test('an answer that waiting does not change carries no Retry-After', async () => {
  const error = new AuthorizationServerError('no', {
    code: 'request_refused',
    error: 'invalid_scope',
    status: 400,
    retryAt,
  })
  expect((await answer(error)).headers).not.toHaveProperty('retry-after')
})

test.each([
  new Error('something else'),
  'a string',
  undefined,
  { code: 'network_error', isTransient: true, message: 'looks like one of ours' },
])('passes %s on', async error => {
  expect(await answer(error)).toEqual({ headers: {}, passedOn: [error] })
})

test('passes an error on once the headers are sent', async () => {
  const error = network({ retryAt })
  const onError = vi.fn()
  expect(await answer(error, { headersSent: true, onError })).toEqual({ headers: {}, passedOn: [error] })
  expect(onError).not.toHaveBeenCalled()
})

test('a client learns nothing about the configuration, onError everything', async () => {
  const onError = vi.fn()
  const error = new ConfigurationError('The environment cannot be used', [
    'TRUPHONE_CLIENT_SECRET is missing.',
  ])
  expect(JSON.stringify(await answer(error, { onError }))).not.toMatch(/environment|TRUPHONE/)
  expect(onError).toHaveBeenCalledExactlyOnceWith(error, asked)
})

test('onError gets each error that is answered, and none that is passed on', async () => {
  const onError = vi.fn()
  const signIn = new ReauthorizationRequiredError('sign in', { reason: 'never-signed-in' })
  for (const error of [signIn, network(), new Error('something else'), 'a text'])
    await answer(error, { onError })
  expect(onError.mock.calls.map(([error]) => (error as EvergrantError).code)).toEqual([
    'reauthorization_required',
    'network_timeout',
  ])
})

test('an onError that throws changes nothing about the answer', async () => {
  const onError = (): never => {
    throw new Error('the disk is full')
  }
  expect(await answer(network({ retryAt }), { onError })).toEqual(await answer(network({ retryAt })))
})

test('an error of another copy of the package is recognised', async () => {
  const copy = Object.assign(new Error('sign in'), {
    name: 'ReauthorizationRequiredError',
    code: 'reauthorization_required',
    isTransient: false,
    [Symbol.for('@evergrant/core:error')]: true,
  })
  expect((await answer(copy)).status).toBe(401)
})
