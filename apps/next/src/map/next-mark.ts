import type { Point } from './projection.ts'

const directions: Readonly<Record<string, Point>> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
}

/**
 * Finds the mark that an arrow key leads to: the nearest one in its direction, where what lies aside counts twice as
 * far. Undefined: there is none, or the key is no arrow.
 */
export function nextMark(points: readonly Point[], from: number, key: string): number | undefined {
  const direction = Object.hasOwn(directions, key) ? directions[key] : undefined
  const start = points[from]
  if (direction === undefined || start === undefined) return undefined
  let best: { readonly index: number; readonly cost: number } | undefined
  for (const [index, { x, y }] of points.entries()) {
    const along = (x - start.x) * direction.x + (y - start.y) * direction.y
    const aside = Math.abs((x - start.x) * direction.y) + Math.abs((y - start.y) * direction.x)
    // Within 60 degrees of the arrow: every mark can be reached by one key or another.
    if (along <= 0 || aside > along * 1.75) continue
    const cost = along + 2 * aside
    if (best === undefined || cost < best.cost) best = { index, cost }
  }
  return best?.index
}
