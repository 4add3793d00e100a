import { expect, test } from 'vitest'
import { authenticated } from '../units.test-support.ts'
import { anonymous } from './anonymous.ts'

test('C2 anonymous adds nothing, not even a client id', async () => {
  const { body, headers } = await authenticated(anonymous())
  expect([...body, ...headers]).toEqual([])
  expect(anonymous()).toMatchObject({ method: 'anonymous', secrets: [] })
})
