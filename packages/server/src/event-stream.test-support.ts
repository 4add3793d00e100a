import type { EvergrantEvent, Explanation } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { createEventRoute } from './event-route.ts'
import type { EventRouteOptions } from './event-route.ts'
import type { EventSourceManager } from './event-stream.ts'

/** A source that tests make speak. */
export class FakeSource implements EventSourceManager {
  readonly listeners: Set<(event: EvergrantEvent) => void> = new Set()
  summary = 'All is well.'
  readonly subscribe = (listener: (event: EvergrantEvent) => void): (() => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }
  readonly explain = (): Explanation => ({ provider: 'fake', summary: this.summary }) as Explanation

  tell(message: string): void {
    const event: EvergrantEvent = { type: 'warned', message, provider: 'fake', key: 'fake', at: 1 }
    for (const listener of this.listeners) listener(event)
  }
}

/** Sends a request to the route. */
export type Ask = (init?: RequestInit) => Promise<Response>

/** A route under a clock that stands still, which everybody may use. */
export function serve(options: Partial<EventRouteOptions> = {}): { ask: Ask; clock: VirtualClock } {
  const clock = new VirtualClock()
  const route = createEventRoute({ sources: {}, isEnabled: true, authorize: () => true, clock, ...options })
  return { clock, ask: init => route(new Request('https://app.example.com/events', init)) }
}

/** What somebody got who listens. */
export interface Listener {
  readonly text: () => string
  readonly messages: () => { name: string; event?: EvergrantEvent; explanation: Explanation }[]
  /** How reading ended; undefined: it has not. */
  readonly end: () => 'closed' | 'cut' | undefined
  readonly leave: () => Promise<void>
}

/** Reads whatever comes. */
export function listen(response: Response): Listener {
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let end: ReturnType<Listener['end']>
  const read = async (): Promise<void> => {
    for (let step = await reader.read(); !step.done; step = await reader.read())
      text += decoder.decode(step.value)
  }
  read().then(
    () => (end = 'closed'),
    () => (end = 'cut'),
  )
  const messages: Listener['messages'] = () =>
    [...text.matchAll(/^event: token\ndata: (.*)\n\n/gm)].map(match => JSON.parse(match[1] ?? '') as never)
  return { text: () => text, messages, end: () => end, leave: () => reader.cancel() }
}
