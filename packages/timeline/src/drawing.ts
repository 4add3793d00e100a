import { timeOfDay } from './duration.ts'
import type { ClockOptions } from './describe.ts'
import { groupMarks, markOutline } from './mark-shapes.ts'
import type { MarkGroup } from './mark-shapes.ts'
import type { Shape } from './shape.ts'
import { placeOf } from './view.ts'
import type { Stretch, TimelineView } from './view.ts'

/** The height of the drawing, in pixels. */
export const drawingHeight = 132

const bar = { y: 1, height: 14 }
const strip = { y: 84, height: 14 }
const waitLane = { y: 101, height: 5 }
const markY = 68
const letterWidth = 7

interface Canvas {
  readonly width: number
  readonly time: (at: number) => string
}

/** Draws a view as the children of an `<svg>` that is `width` pixels wide. Holds no secret. */
export function drawTimeline(view: TimelineView, width: number, options: ClockOptions = {}): Shape[] {
  const canvas = { width, time: (at: number): string => timeOfDay(at, options.timeZone) }
  return [
    definitions(width),
    group('life', drainShapes(view, canvas)),
    group(
      'lives',
      view.stretches.map(stretch => stretchShape(stretch, view, width, strip)),
    ),
    group(
      'waits',
      view.waits.map(stretch => stretchShape(stretch, view, width, waitLane)),
    ),
    group('axis-lane', nowShapes(view, canvas)),
    group('marks', groupMarks(view.marks, at => inside(placeOf(at, view) * width, width)).map(markShape)),
  ]
}

function definitions(width: number): Shape {
  return {
    tag: 'defs',
    children: [
      hatch('hatch-advisory', 'advisory'),
      hatch('hatch-rejected', 'rejected'),
      hatch('hatch-wait', 'wait'),
      {
        tag: 'clipPath',
        attributes: { id: 'round' },
        children: [rect({ x: 0, ...bar, width, rx: bar.height / 2 })],
      },
    ],
  }
}

function hatch(id: string, tone: string): Shape {
  return {
    tag: 'pattern',
    attributes: { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    children: [
      rect({ class: `ground ${tone}`, width: 6, height: 6 }),
      rect({ class: `line ${tone}`, width: 3, height: 6 }),
    ],
  }
}

function drainShapes({ drain, now }: TimelineView, { width, time }: Canvas): Shape[] {
  const range = { from: drain[0]?.from ?? now, to: drain.at(-1)?.to ?? now }
  const over = drain.length === 0 ? width : Math.round(placeOf(now, range) * width * 10) / 10
  const shapes = [
    {
      tag: 'g',
      attributes: { 'clip-path': 'url(#round)' },
      children: [
        group(
          'parts',
          drain.map(stretch => stretchShape(stretch, range, width, bar)),
        ),
        group('elapsed', [rect({ class: 'over', x: 0, ...bar, width: over })]),
      ],
    },
  ]
  if (drain.length === 0) return shapes
  return [...shapes, ...drainLabels(drain, range, now >= range.to, { width, time })]
}

function drainLabels(
  drain: readonly Stretch[],
  range: { from: number; to: number },
  isOver: boolean,
  { width, time }: Canvas,
): Shape[] {
  const y = 32
  const expires = width < 260 ? time(range.to) : `${isOver ? 'expired' : 'expires'} ${time(range.to)}`
  const shapes = [label({ x: 0, y }, time(range.from)), label({ x: width, y, 'text-anchor': 'end' }, expires)]
  const due = drain.find(({ kind }) => kind === 'advisory')?.from
  if (due === undefined) return shapes
  const x = Math.round(placeOf(due, range) * width)
  const text = `refresh from ${time(due)}`
  const isRoomLeft = x - text.length * letterWidth > 9 * letterWidth
  const isRoomRight = width - x > (expires.length + 1) * letterWidth
  if (!isRoomLeft || !isRoomRight) return shapes
  return [...shapes, label({ x, y, 'text-anchor': 'end' }, text)]
}

function stretchShape(
  { kind, from, to }: Stretch,
  range: { from: number; to: number },
  width: number,
  lane: { y: number; height: number },
): Shape {
  const x = Math.round(placeOf(from, range) * width * 10) / 10
  const end = Math.round(placeOf(to, range) * width * 10) / 10
  // A pixel between them, so that one life is seen to end and the next to begin.
  return rect({
    class: `stretch ${kind}`,
    x,
    ...lane,
    width: Math.max(2, Math.round((end - x - 1) * 10) / 10),
  })
}

function nowShapes(view: TimelineView, { width, time }: Canvas): Shape[] {
  const { now, from, to } = view
  const x = Math.round(placeOf(now, view) * width)
  const y = 124
  const half = 4.5 * letterWidth
  const text = `now ${time(now)}`
  const shapes = [
    rect({ class: 'future', x, ...strip, width: width - x }),
    { tag: 'line', attributes: { class: 'axis', x1: 0, x2: width, y1: 110, y2: 110 } },
    { tag: 'line', attributes: { class: 'now', x1: x, x2: x, y1: strip.y - 5, y2: 110 } },
  ]
  const isLeftFree = x - 2 * half > 9 * letterWidth
  const isRightFree = width - x - 2 * half > 9 * letterWidth
  const nowLabel =
    x + 2 * half > width
      ? label({ x: width, y, 'text-anchor': 'end', class: 'label strong' }, text)
      : label({ x, y, 'text-anchor': 'middle', class: 'label strong' }, text)
  return [
    ...shapes,
    ...(isLeftFree ? [label({ x: 0, y }, time(from))] : []),
    nowLabel,
    ...(isRightFree ? [label({ x: width, y, 'text-anchor': 'end' }, time(to))] : []),
  ]
}

function markShape({ x, kind, sentences }: MarkGroup): Shape {
  const shown = sentences.slice(0, 6)
  const more = sentences.length - shown.length
  const title = [...shown, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n')
  const count = sentences.length
  return {
    tag: 'g',
    attributes: { transform: `translate(${Math.round(x)} ${markY})` },
    children: [
      { tag: 'title', text: title },
      { tag: 'line', attributes: { class: 'stem', x1: 0, x2: 0, y1: 6, y2: strip.y - markY } },
      rect({ class: 'target', x: -8, y: -10, width: 16, height: 26 }),
      markOutline(kind),
      ...(count > 1 ? [label({ x: 0, y: -10, 'text-anchor': 'middle' }, `${count}`)] : []),
    ],
  }
}

// Marks at the ends are drawn whole.
function inside(x: number, width: number): number {
  return Math.min(width - 8, Math.max(8, x))
}

function group(name: string, children: readonly Shape[]): Shape {
  return { tag: 'g', attributes: { class: name }, children }
}

function rect(attributes: Readonly<Record<string, string | number>>): Shape {
  return { tag: 'rect', attributes }
}

function label(attributes: Readonly<Record<string, string | number>>, text: string): Shape {
  return { tag: 'text', attributes: { class: 'label', ...attributes }, text }
}
