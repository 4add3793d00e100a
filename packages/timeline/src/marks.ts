import type { TimelineEvent } from './read-event.ts'
import { eventSentence } from './sentence.ts'

/** What an event is drawn as. */
export type MarkKind =
  | 'refreshed'
  | 'granted'
  | 'signed-in'
  | 'adopted'
  | 'rejected'
  | 'failed'
  | 'claim'
  | 'dead'
  | 'person'
  | 'signed-out'
  | 'warning'

/** One event to draw. */
export interface Mark {
  readonly kind: MarkKind
  readonly at: number
  readonly sentence: string
}

/** How a kind of mark looks: its letter on a terminal, its label, and how bad it is (where marks meet, the worst shows). */
export interface MarkLook {
  readonly letter: string
  readonly label: string
  readonly tone: 'good' | 'quiet' | 'warn' | 'bad'
}

/** The looks of all kinds, the worst first. */
export const markLooks: Readonly<Record<MarkKind, MarkLook>> = {
  person: { letter: 'P', label: 'person needed', tone: 'bad' },
  dead: { letter: 'D', label: 'refresh token died', tone: 'bad' },
  failed: { letter: 'F', label: 'failed', tone: 'bad' },
  rejected: { letter: 'X', label: 'refused by the API', tone: 'bad' },
  warning: { letter: 'N', label: 'warning', tone: 'warn' },
  'signed-out': { letter: 'O', label: 'signed out', tone: 'quiet' },
  'signed-in': { letter: 'S', label: 'signed in', tone: 'good' },
  granted: { letter: 'G', label: 'granted', tone: 'good' },
  refreshed: { letter: 'R', label: 'refreshed', tone: 'good' },
  adopted: { letter: 'A', label: 'taken over', tone: 'quiet' },
  claim: { letter: 'W', label: 'waited for a claim', tone: 'warn' },
}

/** All kinds, the worst first. */
export const markKinds: readonly MarkKind[] = Object.keys(markLooks) as MarkKind[]

/** Returns the mark of an event; none for those that only announce another. */
export function markOf(event: TimelineEvent): Mark[] {
  const kind = kindOf(event)
  if (kind === undefined) return []
  return [{ kind, at: event.at, sentence: eventSentence(event) }]
}

function kindOf(event: TimelineEvent): MarkKind | undefined {
  if (event.type !== 'token-obtained') return kinds[event.type]
  if (event.rung === 'sign-in') return 'signed-in'
  return event.rung === 'refresh-token' ? 'refreshed' : 'granted'
}

const kinds: Readonly<Record<Exclude<TimelineEvent['type'], 'token-obtained'>, MarkKind | undefined>> = {
  'exchange-started': undefined,
  'token-adopted': 'adopted',
  'exchange-failed': 'failed',
  'refresh-token-died': 'dead',
  'token-rejected': 'rejected',
  'claim-waited': 'claim',
  'reauthorization-required': 'person',
  'signed-in': undefined,
  'signed-out': 'signed-out',
  degraded: 'warning',
  warned: 'warning',
}
