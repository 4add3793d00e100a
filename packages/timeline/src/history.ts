import type { TimelineModel } from './model.ts'
import type { TimelineEvent } from './read-event.ts'
import type { TokenLife } from './token-life.ts'

/** The part of a timeline that time passes over. */
type Kept = Pick<TimelineModel, 'events' | 'lives' | 'exchange' | 'failure' | 'next'>

/** Puts an event where it belongs: those of several sources may overtake each other on a wire by a little. */
export function insertEvent(
  events: readonly TimelineEvent[],
  event: TimelineEvent,
): readonly TimelineEvent[] {
  const index = events.findLastIndex(({ at }) => at <= event.at)
  return events.toSpliced(index + 1, 0, event)
}

/** Takes away what lies further back than the history, and what there is too much of. */
export function prune(model: TimelineModel): TimelineModel {
  const { events, lives, historyMs, maxEvents } = model
  // An explanation's instants count only where there is no event: it may still speak of a clock that was turned back.
  const newestAt = events.at(-1)?.at ?? lives.at(-1)?.issuedAt ?? Number.NEGATIVE_INFINITY
  const oldestAt = newestAt - historyMs
  return {
    ...model,
    events: events.filter(({ at }) => at >= oldestAt).slice(-maxEvents),
    lives: lives.filter(({ endedAt }) => endedAt === undefined || endedAt >= oldestAt).slice(-maxEvents),
  }
}

/**
 * Tells whether an event at `at` says that the clock was turned back, or that an earlier instant was wrong: it is older
 * than all that is kept. Nothing would be shown until time has caught up.
 */
export function isTurnedBack({ events, historyMs }: TimelineModel, at: number): boolean {
  const newest = events.at(-1)
  return newest !== undefined && at < newest.at - historyMs
}

/** Takes away what a clock that was turned back to `at` has not seen yet; what still holds begins now. */
export function turnBack({ events, lives, exchange, failure }: TimelineModel, at: number): Kept {
  const retryAt = failure?.retryAt
  return {
    events: events.filter(event => event.at <= at),
    lives: lives
      .filter(({ issuedAt, endedAt }) => issuedAt <= at || endedAt === undefined)
      .map(life => livedUntil(life, at)),
    exchange: exchange !== undefined && exchange.startedAt > at ? undefined : exchange,
    failure: failure && { ...failure, retryAt: retryAt === undefined ? undefined : Math.min(retryAt, at) },
    next: undefined,
  }
}

function livedUntil(life: TokenLife, at: number): TokenLife {
  const { rejectedAt, endedAt } = life
  const past = {
    ...life,
    rejectedAt: rejectedAt === undefined ? undefined : Math.min(rejectedAt, at),
    endedAt: endedAt === undefined ? undefined : Math.min(endedAt, at),
  }
  // How long it lives by this clock is for an explanation to say.
  const unknown = { expiresAt: undefined, advisoryAt: undefined, mandatoryAt: undefined }
  return life.issuedAt <= at ? past : { ...past, ...unknown, issuedAt: at }
}
