import type { Habit } from './lost-claim-run.test-support.ts'
import type { Redemption } from './lost-claim-server.test-support.ts'
import type { RunAnswer } from './lost-claim-worker.test-support.ts'

/** What all processes say when each is asked: one token, that a person must sign in, or not the same. */
export type Agreement =
  { readonly kind: 'token'; readonly token: string } | { readonly kind: 'person' | 'nothing yet' | 'split' }

/** What was seen of one run, from the fault to the life of the next token. */
export interface RunFacts {
  readonly habit: Habit
  /** The process that stood still while another one saved what it had obtained; undefined: none did. */
  readonly stood?: number | undefined
  /** Until all processes agreed. */
  readonly during: readonly Redemption[]
  readonly agreed: Agreement
  /** Whether the API takes the token that they agreed on. */
  readonly isAccepted: boolean
  /** The refresh token in the store then. */
  readonly stored: string | undefined
  /** From the expiry of that token until all processes agreed again. */
  readonly after: readonly Redemption[]
  readonly agreedAfter: Agreement
  /** How many token requests came when everybody was asked once more. */
  readonly later: number
}

/** How a run ended for the user: the session goes on, or somebody must sign in again. */
type RunOutcome = 'kept' | 'sign in again'

export interface RunVerdict {
  readonly outcome: RunOutcome
  /** What must never be; empty: nothing of it was. */
  readonly problems: readonly string[]
}

/** Compares what processes and store ended with to what the server did. */
export function judgeRun(facts: RunFacts): RunVerdict {
  const { during, agreed, isAccepted, after, agreedAfter, later } = facts
  const isKept = agreedAfter.kind === 'token'
  const problems = [
    during.length > 2 && `${during.length} token requests`,
    agreed.kind !== 'token' && agreed.kind !== 'person' && `the processes do not agree: ${agreed.kind}`,
    agreed.kind === 'token' && !isAccepted && 'dead winner: the API refuses the token of all',
    agreed.kind === 'token' && isStale(facts) && 'stale overwrite: the store does not hold the newest token',
    agreed.kind === 'token' && isFamilyAlive(facts) && !isKept && 'dead winner: it could not be refreshed',
    agreedAfter.kind !== 'token' &&
      agreedAfter.kind !== 'person' &&
      `the processes do not agree after the next expiry: ${agreedAfter.kind}`,
    after.length > 1 && `${after.length} token requests for the next expiry`,
    isKept && after[0]?.status !== 200 && 'a token that nobody asked for',
    !isKept && during.every(({ status }) => status === 200) && 'lost without a refusal',
    later > 0 && 'what was answered is asked for again',
  ]
  return {
    outcome: isKept ? 'kept' : 'sign in again',
    problems: problems.filter(problem => typeof problem === 'string'),
  }
}

/** Whether the store holds something else than the last refresh token of the family, or one that was used. */
function isStale({ habit, during, stored, stood }: RunFacts): boolean {
  // A store that lost everything holds nothing old: whoever has the token in memory writes it again.
  if (stored === undefined) return false
  const issued = during.filter(({ status }) => status === 200)
  if (issued.some(({ presented }) => presented === stored)) return true
  if (habit !== 'forgives') return issued.length > 0 && issued.at(-1)?.issued !== stored
  // Here several are good at once; but what was saved while somebody stood still must not be written over by him.
  const meanwhile = issued.filter(({ sender }) => sender !== stood)
  return (
    stood !== undefined && meanwhile.length > 0 && meanwhile.every(({ issued: token }) => token !== stored)
  )
}

function isFamilyAlive({ habit, during }: RunFacts): boolean {
  return habit !== 'kills the family' || during.every(({ status }) => status === 200)
}

/** What answers of all processes come to. */
export function agreementOf(answers: readonly RunAnswer[]): Agreement {
  const tokens = new Set(answers.flatMap(answer => answer.tokens))
  const errors = answers.flatMap(answer => answer.errors)
  const [token] = tokens
  if (errors.length === 0 && tokens.size === 1 && token !== undefined) return { kind: 'token', token }
  if (tokens.size === 0 && errors.every(error => error.includes('ReauthorizationRequired')))
    return { kind: 'person' }
  return { kind: errors.length > 0 ? 'nothing yet' : 'split' }
}
