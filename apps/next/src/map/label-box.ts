import type { Point } from './projection.ts'

/** A box with a line of text, in pixels. */
export interface LabelBox extends Point {
  readonly width: number
  readonly height: number
}

const height = 26
const gap = 22
// Wider than the letters of system fonts are at 13 pixels: a label with too much room is better than a cut one.
const letterWidth = 7.4

/** Finds room for a label: above its point, below it at the upper edge, and always inside the drawing. */
export function labelBox(
  point: Point,
  text: string,
  bounds: { readonly width: number; readonly height: number },
): LabelBox {
  const width = Math.min(bounds.width, text.length * letterWidth + 20)
  const above = point.y - gap - height
  const x = Math.min(Math.max(0, point.x - width / 2), bounds.width - width)
  return { x, y: above < 0 ? point.y + gap : above, width, height }
}
