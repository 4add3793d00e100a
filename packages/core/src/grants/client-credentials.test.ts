import { expect, test } from 'vitest'
import { clientCredentials } from './client-credentials.ts'

test('client_credentials can be repeated at any time, without a claim and without credentials of a user', () => {
  expect(clientCredentials()).toMatchObject({
    grantType: 'client_credentials',
    isRepeatable: true,
    presentsCredentials: false,
    needsClaim: false,
  })
})

test.each([{}, { scope: undefined }, { scope: '' }])(
  'client_credentials with %j sends no scope',
  async options => {
    expect(await clientCredentials(options).parameters()).toEqual({ values: {}, secrets: [] })
  },
)

test('client_credentials sends the scope that it is given', async () => {
  expect(await clientCredentials({ scope: 'read write' }).parameters()).toEqual({
    values: { scope: 'read write' },
    secrets: [],
  })
})
