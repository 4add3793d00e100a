import { expect, test } from 'vitest'
import { queryOf } from './live-events.ts'

test.each([
  [{ teamServer: undefined, travis: undefined }, ''],
  [{ teamServer: undefined, travis: 'a' }, 'travis=a'],
  [{ teamServer: 'b c', travis: 'a' }, 'teamServer=b+c&travis=a'],
])('the stream is asked for the sign-ins of %o', (ids, query) => {
  expect(queryOf(ids)).toBe(query)
})
