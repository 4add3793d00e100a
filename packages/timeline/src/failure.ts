import type { TimelineEvent } from './read-event.ts'
import type { TimelineExplanation } from './read-explanation.ts'

/** A failure that still counts. */
export interface TimelineFailure {
  readonly message: string
  /** When the exchange is tried again, in epoch milliseconds. Undefined: not by itself. */
  readonly retryAt: number | undefined
  /**
   * The event that told of it; undefined if only an explanation did. It is kept here too, because a flood of refusals
   * pushes it out of the events.
   */
  readonly event: (TimelineEvent & { type: 'exchange-failed' }) | undefined
}

/** Takes over the failure of an explanation; if it is the one that is known, with the event that told of it. */
export function explainFailure(
  known: TimelineFailure | undefined,
  explained: TimelineExplanation['failure'],
): TimelineFailure | undefined {
  if (explained === undefined) return undefined
  return { ...explained, event: known?.message === explained.message ? known.event : undefined }
}
