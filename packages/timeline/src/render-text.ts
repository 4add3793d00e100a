import { countsSentence, headline } from './describe.ts'
import { timeOfDay } from './duration.ts'
import { markKinds, markLooks } from './marks.ts'
import type { Mark, MarkKind } from './marks.ts'
import type { TimelineModel } from './model.ts'
import { numberOf } from './plain-text.ts'
import { lastSentence, nextSentence } from './sentence.ts'
import { padTo, widthOf, wrap, wrapItems } from './text-width.ts'
import { placeOf, stretchLabels, viewAt } from './view.ts'
import type { Stretch, StretchKind, TimelineView } from './view.ts'

/** Options of {@link renderTimelineText}. */
export interface TextOptions {
  /** Epoch milliseconds; what is no number counts as `Date.now()`. */
  readonly now: number
  /** The most columns a line takes, 1 to 1000; what is no number counts as 80. Below 24 only sentences are written. */
  readonly width: number
  /** Whether to use ANSI colours. Default: no. */
  readonly color?: boolean | undefined
  /** The IANA time zone of the times. Default: the local one. */
  readonly timeZone?: string | undefined
}

const gutter = 6
const leastBarWidth = 24
const defaultWidth = 80
const mostColumns = 1000

const characters: Readonly<Record<StretchKind, Cell>> = {
  safe: { character: '=', color: 32 },
  advisory: { character: '~', color: 33 },
  mandatory: { character: '!', color: 31 },
  rejected: { character: 'x', color: 31 },
  'back-off': { character: '-', color: 31 },
  claim: { character: 'w', color: 33 },
}

const toneColors = { good: 32, quiet: 36, warn: 33, bad: 31 } as const

/** One column of a line: its character and colour. */
interface Cell {
  readonly character: string
  readonly color?: number | undefined
}

/**
 * Draws the timeline as lines of text for a terminal, none of them wider than `width`. Holds no secret.
 * @throws {RangeError} there is no such `timeZone`
 */
export function renderTimelineText(model: TimelineModel, options: TextOptions): string {
  const { timeZone } = options
  const now = numberOf(options.now) ?? Date.now()
  const width = columnsFor(options.width)
  const view = viewAt(model, now)
  const { state, left } = headline(model, now)
  const title = [model.provider, left === '' ? state : `${state}, ${left}`]
    .filter(part => part !== '')
    .join(': ')
  const counts = countsSentence(model)
  const bars = width < leastBarWidth ? [] : barLines(view, width - gutter, options)
  return [
    ...wrap(title, width),
    ...bars.map(line => line.trimEnd()),
    ...wrap(lastSentence(model, now), width),
    ...wrap(nextSentence(model, now), width),
    ...wrap(counts, width),
    ...(bars.length === 0 ? [] : wrapItems(legendOf(view), width)),
  ].join('\n')

  function barLines(seen: TimelineView, columns: number, { color }: TextOptions): string[] {
    const paint = (cells: readonly Cell[]): string =>
      cells.map(cell => painted(cell, color === true)).join('')
    const lines: string[] = []
    if (seen.drain.length > 0) lines.push(`life  ${paint(drainCells(seen, columns))}`)
    const marks = markCells(seen, columns)
    if (marks.some(({ character }) => character !== ' ')) lines.push(`${' '.repeat(gutter)}${paint(marks)}`)
    lines.push(`past  ${paint(historyCells(seen, columns))}`)
    lines.push(`${' '.repeat(gutter)}${scaleOf(seen, columns, timeZone)}`)
    return lines
  }
}

function columnsFor(width: unknown): number {
  // The columns of an output that is no terminal are undefined.
  if (typeof width !== 'number' || Number.isNaN(width)) return defaultWidth
  return Math.min(mostColumns, Math.max(1, Math.floor(width)))
}

function drainCells({ drain, now }: TimelineView, columns: number): Cell[] {
  const range = { from: drain[0]?.from ?? now, to: drain.at(-1)?.to ?? now }
  const inner = cellsOf(drain, range, columns - 2)
  const over = Math.round(placeOf(now, range) * inner.length)
  return [
    { character: '[' },
    ...inner.map((cell, index) => (index < over ? { character: '.' } : cell)),
    { character: ']' },
  ]
}

function historyCells(view: TimelineView, columns: number): Cell[] {
  const cells = cellsOf([...view.stretches, ...view.waits], view, columns)
  cells[columnOf(view.now, view, columns)] = { character: '|' }
  return cells
}

function cellsOf(
  stretches: readonly Stretch[],
  range: { from: number; to: number },
  columns: number,
): Cell[] {
  const cells = Array.from({ length: columns }, (): Cell => ({ character: ' ' }))
  for (const { kind, from, to } of stretches) {
    const first = Math.min(columns - 1, Math.round(placeOf(from, range) * columns))
    const end = Math.max(first + 1, Math.round(placeOf(to, range) * columns))
    cells.fill(characters[kind], first, end)
  }
  return cells
}

function markCells(view: TimelineView, columns: number): Cell[] {
  const cells = Array.from({ length: columns }, (): Cell => ({ character: ' ' }))
  for (const { kind, at } of view.marks.toSorted(mildestFirst)) {
    const { letter, tone } = markLooks[kind]
    cells[columnOf(at, view, columns)] = { character: letter, color: toneColors[tone] }
  }
  return cells
}

function mildestFirst(one: Mark, other: Mark): number {
  return markKinds.indexOf(other.kind) - markKinds.indexOf(one.kind)
}

function columnOf(at: number, range: { from: number; to: number }, columns: number): number {
  return Math.min(columns - 1, Math.floor(placeOf(at, range) * columns))
}

/** The times of both ends, and of now where there is room. */
function scaleOf(view: TimelineView, columns: number, timeZone: string | undefined): string {
  const [begin, middle, end] = [view.from, view.now, view.to].map(at => timeOfDay(at, timeZone)) as [
    string,
    string,
    string,
  ]
  const nowAt = columnOf(view.now, view, columns)
  const centred = Math.max(begin.length + 1, nowAt - Math.floor(middle.length / 2))
  const endAt = columns - end.length
  if (centred + middle.length < endAt) return padTo(padTo(begin, centred) + middle, endAt) + end
  if (nowAt > columns / 2) return padTo(begin, columns - middle.length) + middle
  return padTo(begin, endAt) + end
}

function legendOf({ stretches, waits, drain, marks }: TimelineView): string[] {
  const kinds = new Set([...stretches, ...waits, ...drain].map(({ kind }) => kind))
  const seen = new Set<MarkKind>(marks.map(({ kind }) => kind))
  return [
    ...(Object.keys(characters) as StretchKind[])
      .filter(kind => kinds.has(kind))
      .map(kind => `${characters[kind].character} ${stretchLabels[kind]}`),
    ...(drain.length > 0 ? ['. over'] : []),
    '| now',
    ...markKinds
      .filter(kind => seen.has(kind))
      .toReversed()
      .map(kind => `${markLooks[kind].letter} ${markLooks[kind].label}`),
  ]
}

function painted({ character, color }: Cell, isColored: boolean): string {
  if (!isColored || color === undefined || widthOf(character) === 0) return character
  return `\u001B[${color}m${character}\u001B[0m`
}
