import { markKinds, markLooks } from './marks.ts'
import type { Mark, MarkKind } from './marks.ts'
import type { Shape } from './shape.ts'

/** The outline of each kind of mark around 0,0: shapes differ, so that nothing depends on colour. */
const outlines: Readonly<Record<MarkKind, { readonly d: string; readonly isHollow?: boolean }>> = {
  refreshed: { d: 'M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0z' },
  granted: { d: 'M-5-3.5q0-1.5 1.5-1.5h7q1.5 0 1.5 1.5v7q0 1.5-1.5 1.5h-7q-1.5 0-1.5-1.5z' },
  'signed-in': { d: 'M-3.5-5.5L5.5 0L-3.5 5.5z' },
  adopted: { d: 'M-4.75 0a4.75 4.75 0 1 0 9.5 0a4.75 4.75 0 1 0-9.5 0z', isHollow: true },
  rejected: { d: 'M-4.5-4.5L4.5 4.5M4.5-4.5L-4.5 4.5', isHollow: true },
  failed: { d: 'M0-6L6.5 5.5H-6.5z' },
  claim: { d: 'M-4.5-5.5H4.5L-4.5 5.5H4.5z' },
  dead: { d: 'M0-6.5L6.5 0L0 6.5L-6.5 0z' },
  person: { d: 'M-2.75-3a2.75 2.75 0 1 0 5.5 0a2.75 2.75 0 1 0-5.5 0zM-6 6.5q0-5 6-5t6 5z' },
  'signed-out': { d: 'M-4.5-4.5h9v9h-9z', isHollow: true },
  warning: { d: 'M0-5.5L6 5H-6z', isHollow: true },
}

/** Marks that are drawn as one, because they are so near to each other. */
export interface MarkGroup {
  readonly x: number
  /** The worst of them. */
  readonly kind: MarkKind
  readonly sentences: readonly string[]
}

/** Joins marks that would lie upon each other. `xOf` says where an instant is drawn, in pixels. */
export function groupMarks(marks: readonly Mark[], xOf: (at: number) => number, least = 14): MarkGroup[] {
  const groups: MarkGroup[] = []
  for (const { at, kind, sentence } of marks) {
    const x = xOf(at)
    const last = groups.at(-1)
    if (last === undefined || x - last.x >= least) groups.push({ x, kind, sentences: [sentence] })
    else groups[groups.length - 1] = joined(last, kind, sentence)
  }
  return groups
}

/** Draws the outline of a kind of mark around 0,0. */
export function markOutline(kind: MarkKind): Shape {
  const { d, isHollow } = outlines[kind]
  return { tag: 'path', attributes: { d, class: `mark ${markLooks[kind].tone}${isHollow ? ' hollow' : ''}` } }
}

/** Lists what the marks and parts of a drawing mean, only those that are there. */
export function legendShapes(marks: readonly Mark[], parts: readonly (readonly [string, string])[]): Shape[] {
  const seen = new Set(marks.map(({ kind }) => kind))
  const kinds = markKinds.filter(kind => seen.has(kind)).toReversed()
  const swatches = parts.map(([name, label]) => {
    const attributes = { class: `stretch ${name}`, x: -6, y: -4, width: 12, height: 8, rx: 2 }
    return entry({ tag: 'rect', attributes }, label)
  })
  return [...swatches, ...kinds.map(kind => entry(markOutline(kind), markLooks[kind].label))]
}

function entry(symbol: Shape, label: string): Shape {
  const attributes = { viewBox: '-8 -8 16 16', width: 16, height: 16, focusable: 'false' }
  return {
    tag: 'li',
    children: [
      { tag: 'svg', attributes, children: [symbol] },
      { tag: 'span', text: label },
    ],
  }
}

function joined(group: MarkGroup, kind: MarkKind, sentence: string): MarkGroup {
  const isWorse = markKinds.indexOf(kind) < markKinds.indexOf(group.kind)
  return { ...group, kind: isWorse ? kind : group.kind, sentences: [...group.sentences, sentence] }
}
