import { accessFreshForMs, decideAccess } from './access-policy.ts'
import type { AccessPolicyState, DueReason, PolicyRequest } from './access-policy.ts'
import type { ReauthorizationReason } from './errors/reauthorization-required-error.ts'
import type { Rung } from './failure.ts'

export { floorMs, refreshLeadMs, rejectionSlotMs, windowsOf } from './access-policy.ts'
export type { AccessState, DueReason, PolicyRequest, Windows } from './access-policy.ts'

/** What the decision looks at; all of it plain data, all durations as of now. */
export interface PolicyState extends AccessPolicyState {
  /** The refresh token. `expired` by the local clock; the server has the last word. */
  readonly refresh: {
    readonly status: 'none' | 'usable' | 'expired' | 'dead'
    readonly remainingMs?: number | undefined
  }
  readonly canRegrant: boolean
  readonly firstRung: Rung
  /** Why only a person helps, once the rungs are used up. */
  readonly personReason: ReauthorizationReason
  readonly isSignedOut: boolean
}

/** What to do next. */
export type Step =
  | {
      readonly action: 'use'
      readonly because: 'fresh' | 'guarded' | 'backing-off' | 'nothing-left' | 'unanswered'
    }
  | { readonly action: 'use-and-refresh'; readonly rung: Rung; readonly because: DueReason }
  | { readonly action: 'refresh' | 're-grant'; readonly rung: Rung; readonly because: DueReason }
  | { readonly action: 'reauthorize'; readonly reason: ReauthorizationReason }
  | { readonly action: 'wait-until'; readonly retryInMs: number; readonly because: DueReason }

/** The heart: decides what a credential does next. Pure; `explain()` says the same in words. */
export function decide(state: PolicyState, request: PolicyRequest = {}): Step {
  if (state.isSignedOut) return { action: 'reauthorize', reason: 'signed-out' }
  const step = decideAccess(state, request, diesInMs(state))
  if (step.action !== 'renew') return step
  const { because, isUsable, isBackground } = step
  const rung = nextRung(state)
  if (rung === undefined) {
    // One refusal by an API may be its own fault; together with a dead refresh token it is the end of the session.
    const isOver = !isUsable || (because === 'rejected' && state.refresh.status === 'dead')
    return isOver
      ? { action: 'reauthorize', reason: state.personReason }
      : { action: 'use', because: 'nothing-left' }
  }
  if (isBackground) return { action: 'use-and-refresh', rung, because }
  return { action: rung === 'refresh-token' ? 'refresh' : 're-grant', rung, because }
}

/** The rung to stand on now, or undefined if only a person helps. */
export function nextRung(state: Pick<PolicyState, 'refresh' | 'canRegrant' | 'firstRung'>): Rung | undefined {
  const { refresh, canRegrant, firstRung } = state
  if (canRegrant && firstRung === 're-grant') return 're-grant'
  if (refresh.status === 'usable') return 'refresh-token'
  // A local clock may be wrong: where nothing but a person follows, the server decides.
  if (refresh.status === 'expired' && !canRegrant) return 'refresh-token'
  return canRegrant ? 're-grant' : undefined
}

/** For how long from now a plain request is answered from memory without another thought, in milliseconds. */
export function freshForMs(state: PolicyState): number {
  return state.isSignedOut ? 0 : accessFreshForMs(state, diesInMs(state))
}

function diesInMs({ refresh, canRegrant }: PolicyState): number | undefined {
  return refresh.status === 'usable' && !canRegrant ? refresh.remainingMs : undefined
}
