import { ReauthorizationRequiredError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import type { Express } from 'express'
import { describe, expect, test } from 'vitest'
import { route, unconnected, versions } from './express.test-support.ts'
import type { SentAnswer } from './express.test-support.ts'
import { accessTokens, tokenErrorHandler } from './index.ts'

/** Runs a request through a real Express application, without a port. */
function get(app: Express, url: string): Promise<SentAnswer> {
  const { request, response, sent } = unconnected(url)
  app(request, response)
  return sent
}

function source(getAccessToken: () => Promise<string>): AccessTokenSource {
  return {
    getAccessToken,
    authorize: () => Promise.reject(new Error('not in this test')),
  } as unknown as AccessTokenSource
}

const signedOut = source(() =>
  Promise.reject(new ReauthorizationRequiredError('Sign in.', { reason: 'never-signed-in' })),
)

describe.each(versions)('%s', (_version, express) => {
  const app = express()
  app.use(accessTokens({ truphone: source(async () => 'fake-access-token') }))
  app.use('/customer', accessTokens({ customer: () => signedOut }))
  app.get(
    '/length',
    route(async ({ tokens }, response) => response.json((await tokens.truphone.getAccessToken()).length)),
  )
  app.get(
    '/customer/length',
    route(async ({ tokens }, response) => response.json((await tokens.customer.getAccessToken()).length)),
  )
  app.get('/mistake', (request, response) => {
    response.json(Object.keys(Reflect.get(request.tokens, 'trufone') as object))
  })
  app.use(tokenErrorHandler())

  test('a route gets an access token', async () => {
    expect(await get(app, '/length')).toMatchObject({ status: 200, body: 17 })
  })

  test("a rejected call reaches tokenErrorHandler through Express' own error handling", async () => {
    expect(await get(app, '/customer/length')).toMatchObject({
      status: 401,
      headers: { 'cache-control': 'private, no-store', 'content-type': 'application/json; charset=utf-8' },
      body: { error: { code: 'reauthorization_required', message: 'Sign in.' } },
    })
  })

  test('a misspelt name is an answer with status 500 and not a crash', async () => {
    expect(await get(app, '/mistake')).toMatchObject({
      status: 500,
      body: {
        error: { code: 'invalid_configuration', message: 'The server is not configured correctly.' },
      },
    })
  })
})
