import { exchangesAfter, fatesOf } from './death-points.test-support.ts'
import type { DeathPoint, DeathRun, Fate } from './death-points.test-support.ts'
import { faultsOf, holdMs } from './death-lane.test-support.ts'
import type { DeathOutcome } from './death-lane.test-support.ts'
import type { StoreName } from '../backends.test-support.ts'

/** What a test compares: the same members, expected and seen. */
export interface Verdict {
  readonly how: string
  readonly faults: readonly string[]
  /** Undefined: a race decided. */
  readonly atDeath: { readonly isClaimed: boolean; readonly generations: number } | undefined
  readonly exchangesAtDeath: number
  readonly exchanges: readonly string[]
  /** What the next process's five callers received in all. */
  readonly received: readonly string[]
  readonly isInTime: boolean
  readonly isDead: boolean
  /** Half-made files beside the record when the process was dead. */
  readonly strays: number | undefined
  readonly askedAgain: readonly string[]
  readonly afterExpiry: readonly string[]
}

/** The longest that may pass from a death to the outcome of the next process: the claim's hold and a second. */
const longestRecoveryMs: number = holdMs + 1000

/** What became of the tokens. Only where two fates were possible does what happened decide. */
export function fateOf(run: DeathRun, outcome: DeathOutcome): Fate {
  // What was still about to look is not begun any more; what was begun comes to its end.
  if (run.signal === 'SIGTERM') return isUnbegun(run, outcome) ? 'untouched' : 'saved'
  const [first, second] = fatesOf(run)
  return second === undefined || outcome.exchanges.length === 1 ? first! : second
}

/** What must be seen after a death. */
export function expectedOf(run: DeathRun, fate: Fate, store: StoreName): Verdict {
  const isKilled = run.signal === 'SIGKILL'
  const isLost = fate === 'gone' && run.circumstance === 'strict'
  return {
    how: isKilled ? 'SIGKILL' : 'exit 0',
    faults: [],
    atDeath: isRace(run) ? undefined : recordAtDeath(run.point, fate),
    exchangesAtDeath: fate === 'untouched' ? 0 : 1,
    exchanges: exchangesAfter(fate, run.circumstance),
    received: [isLost ? 'ReauthorizationRequiredError' : 'token'],
    isInTime: true,
    isDead: isLost,
    strays: isRace(run) ? undefined : isKilled && store === 'file' && run.point === 'mid-write' ? 1 : 0,
    askedAgain: [],
    afterExpiry: isLost ? [] : ['refresh_token 200'],
  }
}

/** What was seen. */
export function seenOf(run: DeathRun, outcome: DeathOutcome): Verdict {
  const { atDeath, atEnd, recovered, signedIn, published } = outcome
  const faults = [...outcome.earlierFaults, ...faultsOf(outcome)]
  const isPublished = run.signal === 'SIGKILL' && run.point === 'published'
  if (isPublished && published?.tokens[0] !== recovered.tokens[0]) faults.push('others get another token')
  return {
    how: outcome.how,
    faults,
    atDeath: isRace(run)
      ? undefined
      : {
          isClaimed: atDeath.record.claim !== undefined,
          generations: atDeath.record.generation - signedIn.record.generation,
        },
    exchangesAtDeath: outcome.exchangesAtDeath,
    exchanges: outcome.exchanges,
    received: [...recovered.tokens.map(() => 'token'), ...recovered.errors],
    isInTime: outcome.recoveryMs <= longestRecoveryMs,
    isDead: atEnd.record.dead !== undefined,
    strays: isRace(run) ? undefined : atDeath.strays,
    askedAgain: outcome.askedAgain,
    afterExpiry: outcome.afterExpiry,
  }
}

function recordAtDeath(point: DeathPoint, fate: Fate): Verdict['atDeath'] {
  if (fate === 'saved') return { isClaimed: false, generations: 1 }
  return { isClaimed: point !== 'before the read' && point !== 'read', generations: 0 }
}

function isUnbegun({ point }: DeathRun, { exchangesAtDeath }: DeathOutcome): boolean {
  return point === 'before the read' && exchangesAtDeath === 0
}

function isRace({ signal, point, reach }: DeathRun): boolean {
  return signal === 'SIGKILL' && point === 'mid-write' && reach === 'raced'
}
