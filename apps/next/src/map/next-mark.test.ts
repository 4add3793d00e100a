import { expect, test } from 'vitest'
import { nextMark } from './next-mark.ts'

//   0   1
//     2
//   3       4
const points = [
  { x: 0, y: 0 },
  { x: 20, y: 0 },
  { x: 10, y: 10 },
  { x: 0, y: 20 },
  { x: 40, y: 20 },
]

test.each([
  [0, 'ArrowRight', 1],
  [0, 'ArrowDown', 3],
  [1, 'ArrowLeft', 0],
  [2, 'ArrowUp', 0],
  [3, 'ArrowRight', 2],
  [4, 'ArrowUp', 1],
  [0, 'ArrowLeft', undefined],
  [0, 'Enter', undefined],
  [0, 'constructor', undefined],
  [9, 'ArrowLeft', undefined],
])('from mark %i %s leads to %s', (from, key, expected) => {
  expect(nextMark(points, from, key)).toBe(expected)
})
