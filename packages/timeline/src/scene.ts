import { countsSentence, describeTimeline, headline, lifeSentence, recentLines } from './describe.ts'
import { drawingHeight, drawTimeline } from './drawing.ts'
import { legendShapes } from './mark-shapes.ts'
import type { TimelineModel } from './model.ts'
import { lastSentence, nextSentence } from './sentence.ts'
import { patch } from './shape.ts'
import type { Shape } from './shape.ts'
import { stateAt } from './state.ts'
import type { TimelineState } from './state.ts'
import { styleSheet } from './style-sheet.ts'
import { stretchLabels, viewAt } from './view.ts'
import type { StretchKind, TimelineView } from './view.ts'

const widthWithoutLayout = 640
const recentEvents = 20

const tones: Readonly<Record<TimelineState, string>> = {
  unknown: 'quiet',
  fresh: 'good',
  advisory: 'good',
  mandatory: 'warn',
  expired: 'warn',
  rejected: 'bad',
  renewing: 'good busy',
  struggling: 'warn',
  failing: 'bad',
  'sign-in-needed': 'warn',
  'signed-out': 'quiet',
}

/** What the shadow root of the element shows. Text is set as text, and no style as an attribute. */
export class TimelineScene {
  readonly #frame: HTMLElement
  readonly #status: HTMLElement
  readonly #drawing: HTMLElement
  readonly #above: HTMLElement
  readonly #below: HTMLElement
  readonly #alternative: HTMLElement

  constructor(root: ShadowRoot) {
    if ('adoptedStyleSheets' in root) root.adoptedStyleSheets = [sharedSheet()]
    this.#frame = make('div', { class: 'frame', role: 'group', 'aria-labelledby': 'name' })
    this.#above = make('div', { class: 'head' })
    this.#drawing = make('div', { class: 'drawing' })
    this.#status = make('p', { class: 'sentence', role: 'status' })
    this.#below = make('div', { class: 'below' })
    this.#alternative = make('div', {})
    const details = make('details', {})
    const summary = make('summary', {})
    summary.textContent = 'The same as text'
    details.append(summary, this.#alternative)
    this.#frame.append(this.#above, this.#drawing, this.#status, this.#below, details)
    root.replaceChildren(this.#frame)
  }

  /** Shows the model as of `now`. */
  show(model: TimelineModel, now: number, label: string): void {
    const view = viewAt(model, now)
    const name = label || model.provider || 'Access token'
    const { state, left } = headline(model, now)
    const sentence = lastSentence(model, now)
    patch(this.#above, [
      { tag: 'strong', attributes: { id: 'name' }, text: name },
      { tag: 'span', attributes: { class: `state ${tones[stateAt(model, now)]}` }, text: state },
      { tag: 'span', attributes: { class: 'left' }, text: left },
    ])
    patch(this.#drawing, [
      drawingOf(view, this.#drawing.clientWidth || widthWithoutLayout),
      // Hidden, because only the drawing refers to it: nobody hears it twice.
      { tag: 'p', attributes: { id: 'description', hidden: '' }, text: describeTimeline(model, now) },
    ])
    // A screen reader says it again whenever it is set.
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence
    patch(this.#below, belowOf(view, nextSentence(model, now)))
    patch(this.#alternative, alternativeOf(model))
  }
}

function drawingOf(view: TimelineView, width: number): Shape {
  return {
    tag: 'svg',
    attributes: {
      role: 'img',
      'aria-labelledby': 'name',
      'aria-describedby': 'description',
      width,
      height: drawingHeight,
      viewBox: `0 0 ${width} ${drawingHeight}`,
    },
    children: drawTimeline(view, width),
  }
}

function belowOf(view: TimelineView, next: string): Shape[] {
  const kinds = new Set([...view.drain, ...view.stretches, ...view.waits].map(({ kind }) => kind))
  const parts = (Object.entries(stretchLabels) as [StretchKind, string][]).filter(([kind]) => kinds.has(kind))
  return [
    { tag: 'p', attributes: { class: 'next' }, text: next },
    {
      tag: 'ul',
      attributes: { class: 'legend', 'aria-hidden': 'true' },
      children: legendShapes(view.marks, parts),
    },
  ]
}

function alternativeOf(model: TimelineModel): Shape[] {
  const sentences = [lifeSentence(model), countsSentence(model)].filter(sentence => sentence !== '')
  const lines = recentLines(model, recentEvents)
  return [
    ...sentences.map(text => ({ tag: 'p', text })),
    { tag: 'ol', children: lines.map(text => ({ tag: 'li', text })) },
  ]
}

function make(tag: string, attributes: Readonly<Record<string, string>>): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return element
}

let sheet: CSSStyleSheet | undefined

// One for all elements of the document; a strict `style-src` does not concern it.
function sharedSheet(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(styleSheet)
  }
  return sheet
}
