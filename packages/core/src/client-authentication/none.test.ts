import { expect, test } from 'vitest'
import { authenticated } from '../units.test-support.ts'
import { none } from './none.ts'

test('C2 C9 none sends the client id in the body and proves nothing', async () => {
  const { body, headers } = await authenticated(none(), 'fake client:1')
  expect([...body]).toEqual([['client_id', 'fake client:1']])
  expect([...headers]).toEqual([])
  expect(none()).toMatchObject({ method: 'none', secrets: [] })
})
