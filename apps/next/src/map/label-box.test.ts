import { expect, test } from 'vitest'
import { labelBox } from './label-box.ts'

const bounds = { width: 400, height: 300 }
// Twelve letters and the space beside them.
const width = 108.8

test.each([
  ['above its point', { x: 200, y: 100 }, { x: 200 - width / 2, y: 52 }],
  ['below its point at the upper edge', { x: 200, y: 10 }, { x: 200 - width / 2, y: 32 }],
  ['inside at the left edge', { x: 5, y: 100 }, { x: 0, y: 52 }],
  ['inside at the right edge', { x: 399, y: 100 }, { x: 400 - width, y: 52 }],
])('a label stands %s', (_, point, { x, y }) => {
  const box = labelBox(point, 'twelve chars', bounds)
  expect(box.x).toBeCloseTo(x)
  expect(box.y).toBe(y)
})

test('a label is never wider than the drawing', () => {
  expect(labelBox({ x: 10, y: 100 }, 'x'.repeat(200), bounds)).toMatchObject({ x: 0, width: 400 })
})
