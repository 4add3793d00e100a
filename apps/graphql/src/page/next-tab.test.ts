import { expect, test } from 'vitest'
import { nextTab } from './next-tab.ts'

test.each([
  ['ArrowRight', 0, 1],
  ['ArrowRight', 2, 0],
  ['ArrowLeft', 0, 2],
  ['ArrowLeft', 1, 0],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['Tab', 1, undefined],
])('%s from tab %i of three leads to %s', (key, index, next) => {
  expect(nextTab(key, index, 3)).toBe(next)
})
