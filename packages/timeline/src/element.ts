import { createTimelineModel, reduceTimeline } from './model.ts'
import type { TimelineModel, TimelineOptions } from './model.ts'
import { numberOf } from './plain-text.ts'
import { RedrawLoop } from './redraw-loop.ts'
import { TimelineScene } from './scene.ts'

/** The class to extend. A server has no elements: importing must be safe there. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement)

declare global {
  interface HTMLElementTagNameMap {
    'token-timeline': TokenTimeline
  }
}

/** Properties that a framework may set before the element is defined. */
const properties = ['options', 'now', 'events', 'explanation'] as const

/**
 * Draws one credential's life: `<token-timeline label="…">`. It takes events and explanations of core, also as parsed
 * JSON, and neither keeps nor shows anything else. It redraws at most once a second, and only while it is visible.
 * Register it with {@link defineTokenTimeline}.
 */
export class TokenTimeline extends Base {
  /** The attributes that are watched. */
  static readonly observedAttributes: readonly string[] = ['label']

  #options: TimelineOptions = {}
  #model: TimelineModel = createTimelineModel()
  #now: () => number = Date.now
  #scene: TimelineScene | undefined
  readonly #loop: RedrawLoop = new RedrawLoop(this, () => this.#draw())

  /** What is known: plain data without a secret. */
  get model(): TimelineModel {
    return this.#model
  }

  /** Which credential, and how much of its past. Setting it begins anew. */
  get options(): TimelineOptions {
    return this.#options
  }

  set options(options: TimelineOptions | null | undefined) {
    this.#options = options ?? {}
    this.#take(createTimelineModel(options))
  }

  /** The kept events, oldest first. Setting it begins anew with those; what is no array counts as none. */
  get events(): readonly unknown[] {
    return this.#model.events
  }

  set events(events: readonly unknown[] | null | undefined) {
    const model = createTimelineModel(this.#options)
    this.#take(Array.isArray(events) ? events.reduce<TimelineModel>(reduceTimeline, model) : model)
  }

  /** The last `explain()`; write-only, because only parts of it are kept. */
  set explanation(explanation: unknown) {
    this.#take(reduceTimeline(this.#model, explanation))
  }

  /**
   * The clock, in epoch milliseconds. Default: `Date.now`, also for what is no function and where it returns no number.
   * Set it if the events come from a machine with another one.
   */
  get now(): () => number {
    return this.#now
  }

  set now(now: (() => number) | null | undefined) {
    this.#now = typeof now === 'function' ? now : Date.now
    this.#loop.request()
  }

  /** The name of the credential. Default: the provider's. */
  get label(): string {
    return this.getAttribute('label') ?? ''
  }

  set label(label: string | null | undefined) {
    if (label === null || label === undefined) this.removeAttribute('label')
    else this.setAttribute('label', label)
  }

  /**
   * Appends events, and the events of arrays: `push(many)`, because no call takes 130 000 arguments. Those of other
   * credentials, and what is none, are ignored.
   */
  push(...events: readonly unknown[]): void {
    this.#take(events.flat().reduce<TimelineModel>(reduceTimeline, this.#model))
  }

  /** Called by the browser. */
  connectedCallback(): void {
    this.#scene ??= new TimelineScene(this.shadowRoot ?? this.attachShadow({ mode: 'open' }))
    for (const name of properties) this.#adoptEarly(name)
    this.#loop.start()
  }

  /** Called by the browser. */
  disconnectedCallback(): void {
    this.#loop.stop()
  }

  /** Called by the browser. */
  attributeChangedCallback(): void {
    this.#loop.request()
  }

  #take(model: TimelineModel): void {
    if (model === this.#model) return
    this.#model = model
    this.#loop.request()
  }

  #draw(): void {
    this.#scene?.show(this.#model, numberOf(this.#now()) ?? Date.now(), this.label)
  }

  #adoptEarly(name: (typeof properties)[number]): void {
    if (!Object.hasOwn(this, name)) return
    const value: unknown = Reflect.get(this, name)
    Reflect.deleteProperty(this, name)
    Reflect.set(this, name, value)
  }
}

/**
 * Registers the element under `name` (default `token-timeline`). Does nothing where there are no custom elements (on a
 * server), or if the name is taken already: calling it twice is safe.
 */
export function defineTokenTimeline(name = 'token-timeline'): void {
  const registry = globalThis.customElements
  if (registry === undefined || registry.get(name) !== undefined) return
  // A class can be registered once; each further name gets one of its own.
  registry.define(name, class extends TokenTimeline {})
}
