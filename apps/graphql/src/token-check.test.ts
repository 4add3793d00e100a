import { describe, expect, test } from 'vitest'
import { bearerOf, createTokenCheck, customerOf } from './token-check.ts'

const groups = ['/customers/haulier-noord']

describe('whom an introspection answer names', () => {
  test.each([
    [
      { active: true, username: 'anna', groups },
      { username: 'anna', haulierId: 'haulier-noord' },
    ],
    [{ active: false }, undefined],
    [{ active: true, groups }, undefined],
    [{ active: true, username: 'service-account', groups: [] }, undefined],
    [{ active: true, username: 'anna', groups: ['/customers/a/b'] }, undefined],
    [{ active: 'true', username: 'anna', groups }, undefined],
  ])('%o', (answer, customer) => {
    expect(customerOf(answer)).toEqual(customer)
  })
})

test.each([
  ['Bearer fake', 'fake'],
  ['bearer fake', 'fake'],
  ['Basic fake', undefined],
  ['Bearer ', undefined],
  [undefined, undefined],
  [7, undefined],
])('the bearer of %s is %s', (header, token) => {
  expect(bearerOf(header)).toBe(token)
})

describe('the check', () => {
  const client = { clientId: 'fake-client', clientSecret: 'fake-secret' }
  const introspectionEndpoint = 'https://auth.example.test/introspect'

  test('asks with the token, and with no token asks nobody', async () => {
    const asked: string[] = []
    const check = createTokenCheck({
      introspectionEndpoint,
      client,
      fetch: async (_input, init) => {
        asked.push(new URLSearchParams(init?.body as URLSearchParams).get('token') ?? '')
        return Response.json({ active: true, username: 'anna', groups })
      },
    })
    expect(await check('fake-token')).toEqual({ username: 'anna', haulierId: 'haulier-noord' })
    expect(await check(undefined)).toBeUndefined()
    expect(asked).toEqual(['fake-token'])
  })

  test('fails where the authorization server does not say', async () => {
    const fetch = async (): Promise<Response> => new Response(null, { status: 503 })
    const check = createTokenCheck({ introspectionEndpoint, client, fetch })
    await expect(check('fake-token')).rejects.toThrow('answered 503')
  })
})
