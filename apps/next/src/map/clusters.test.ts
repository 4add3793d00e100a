import { expect, test } from 'vitest'
import { clusterOf } from './clusters.ts'

const at = (item: string, x: number, y: number): { item: string; point: { x: number; y: number } } => ({
  item,
  point: { x, y },
})

test('what is near becomes one mark in its middle, and what is far stays alone', () => {
  const clusters = clusterOf([at('a', 0, 0), at('b', 10, 0), at('c', 100, 0)], 20)
  expect(clusters).toEqual([
    { items: ['a', 'b'], point: { x: 5, y: 0 } },
    { items: ['c'], point: { x: 100, y: 0 } },
  ])
})

test('no two marks overlap in the end, and nothing is lost', () => {
  const placed = Array.from({ length: 200 }, (_, index) =>
    at(String(index), (index * 37) % 300, (index * 91) % 200),
  )
  const clusters = clusterOf(placed, 25)
  for (const [index, { point }] of clusters.entries()) {
    for (const other of clusters.slice(index + 1))
      expect(Math.hypot(point.x - other.point.x, point.y - other.point.y)).toBeGreaterThanOrEqual(25)
  }
  expect(clusters.flatMap(({ items }) => items).sort()).toEqual(placed.map(({ item }) => item).sort())
  expect(clusters.length).toBeGreaterThan(1)
})

test('without anything there are no marks', () => {
  expect(clusterOf([], 20)).toEqual([])
})
