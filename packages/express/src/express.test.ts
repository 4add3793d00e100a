/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands a rejection to the error handlers */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { ReauthorizationRequiredError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import express from 'express'
import type { Express } from 'express'
import { expect, test } from 'vitest'
import { accessTokens, tokenErrors } from './index.ts'

/** Runs a request through a real Express application, without a port. */
async function get(app: Express, url: string): Promise<{ status: number; headers: object; body: unknown }> {
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url })
  const response = new ServerResponse(request)
  const body = await new Promise<string>(resolve => {
    response.end = ((chunk?: unknown) => {
      resolve(String(chunk))
      return response
    }) as typeof response.end
    app(request, response)
  })
  return { status: response.statusCode, headers: response.getHeaders(), body: JSON.parse(body) }
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

const app = express()
app.use(accessTokens({ truphone: source(async () => 'fake-access-token') }))
app.use('/customer', accessTokens({ customer: () => signedOut }))
app.get('/length', async (req, res) => {
  res.json((await req.tokens.truphone.getAccessToken()).length)
})
app.get('/customer/length', async (req, res) => {
  res.json((await req.tokens.customer.getAccessToken()).length)
})
app.get('/mistake', (req, res) => {
  res.json(Object.keys(Reflect.get(req.tokens, 'trufone') as object))
})
app.use(tokenErrors())

test('a route gets an access token', async () => {
  expect(await get(app, '/length')).toMatchObject({ status: 200, body: 17 })
})

test("a rejected call reaches tokenErrors through Express' own error handling", async () => {
  expect(await get(app, '/customer/length')).toMatchObject({
    status: 401,
    headers: { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
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
