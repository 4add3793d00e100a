import type { RunResult } from './lost-claim-batch.test-support.ts'
import type { RunPlan } from './lost-claim-run.test-support.ts'

/** The faults, in the words of the report. */
export const faults = [
  'holder stopped, timers first',
  'holder stopped, exchange first',
  'Redis flushed',
  'Redis restarted empty',
  'failover without the claim',
  'failover without the commit',
  'Postgres restarted',
  'clocks an hour apart',
  'clocks an hour apart, holder stopped',
] as const

export type Fault = (typeof faults)[number]

/**
 * What is wrong with how a run ended. Two requests are the limit, and one is right wherever the others could know that
 * somebody was at work or done. A session ends only where the server was asked twice with one refresh token and forgives
 * nothing: there the only copy of the next one was in a process that could not be waited for any longer.
 */
export function disappointments(fault: Fault, { plan, facts, problems, outcome }: RunResult): string[] {
  const count = facts.during.length
  // Nothing tells a process with a fresh token that the store was emptied: until it is due, only it has one.
  const isUnseen = fault === 'Redis flushed' && plan.moment === 'committing' && plan.areOthersLate
  const most = mostRequests(fault, plan)
  return [
    ...problems.filter(problem => !(isUnseen && problem.startsWith('the processes do not agree: '))),
    ...(count > most ? [`${count} token requests, where ${most} is right`] : []),
    ...(outcome === 'sign in again' && mustBeKept(fault, plan) ? ['the session is lost'] : []),
  ]
}

function mostRequests(fault: Fault, { moment, areOthersLate }: RunPlan): number {
  switch (fault) {
    case 'holder stopped, timers first':
    case 'holder stopped, exchange first':
    case 'clocks an hour apart, holder stopped':
      // Before the claim is known to be there the holder looks at its clock, and after the commit all is done.
      if (moment === 'claiming' || moment === 'committing') return 1
      // Nobody took over: what the holder was at goes on. But a request that the network still delays is given up.
      if (areOthersLate) return moment === 'delayed' ? 2 : 1
      // A successor could not know: the request may have been on its way, and once begun it cannot be called back.
      return 2
    case 'failover without the claim':
      // Who comes only now finds the record of before, and nothing says that somebody is at work.
      return areOthersLate ? 2 : 1
    case 'Redis flushed':
    case 'Redis restarted empty':
    case 'failover without the commit':
    case 'Postgres restarted':
    case 'clocks an hour apart':
      // Whoever waits has seen the claim, and whoever has the newest record writes it again.
      return 1
  }
}

function mustBeKept(fault: Fault, plan: RunPlan): boolean {
  return plan.habit !== 'kills the family' || mostRequests(fault, plan) === 1
}
