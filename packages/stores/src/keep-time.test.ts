import { expect, test } from 'vitest'
import { keepTime } from './keep-time.ts'

test.each([
  [undefined, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [Number.MAX_SAFE_INTEGER, undefined],
  // Rather too long than lost.
  [Number.NaN, undefined],
  [1000.2, 1001],
  [0, 1],
  [-5, 1],
])('a time to keep of %s is %s', (given, expected) => {
  expect(keepTime(given)).toBe(expected)
})
