import { expect, test } from 'vitest'
import { queryOf } from './live-events.ts'

test.each([
  [{ proxy: undefined, mediated: undefined }, ''],
  [{ proxy: undefined, mediated: 'a' }, 'mediated=a'],
  [{ proxy: 'b c', mediated: 'a' }, 'proxy=b+c&mediated=a'],
])('the stream is asked for the sign-ins of %o', (ids, query) => {
  expect(queryOf(ids)).toBe(query)
})
