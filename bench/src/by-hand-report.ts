import type { CrewTask } from './stores-crew.ts'
import type { Outcome, Scenario } from './stores-faults.ts'
import type { ExpiryTimes } from './stores-times.ts'

/** One way to refresh, with its times. */
export interface Column extends Omit<CrewTask, 'address'> {
  readonly title: string
}

/** What was measured, and on what. */
export interface ByHandResults {
  readonly node: string
  readonly cores: number
  readonly measuredAt: string
  readonly expiries: number
  /** How often each scenario was played. */
  readonly rounds: number
  readonly columns: readonly Column[]
  readonly rows: readonly {
    readonly scenario: Scenario
    readonly outcomes: readonly (readonly Outcome[])[]
  }[]
  readonly times: readonly (readonly [string, readonly ExpiryTimes[]])[]
}

/** Writes results as Markdown. */
export function reportByHand(results: ByHandResults): string {
  const { node, cores, measuredAt, expiries, rounds, columns, rows, times } = results
  const faultRows = rows.map(
    ({ scenario, outcomes }) => `| ${[scenario.title, ...outcomes.map(cellOf)].join(' | ')} |`,
  )
  const lost = columns.map((_, index) =>
    rows.reduce((sum, { outcomes }) => sum + (outcomes[index]?.filter(isLoggedOut).length ?? 0), 0),
  )
  const timeRows = times.map(([title, all]) => {
    const cells = all.map(({ medianMs, worstMs }) => `${ms(medianMs)} (${ms(worstMs)})`)
    const requests = rangeOf(all.flatMap(({ tokenRequests }) => tokenRequests))
    return `| ${[title, ...cells, requests].join(' | ')} |`
  })
  return `# By hand, and with Evergrant

Node.js ${node}, ${cores} cores, ${measuredAt.slice(0, 10)}. By hand is a lock with \`SET NX PX\` around the refresh, in its careful form
([hand-made-tokens.ts](../src/hand-made-tokens.ts)). Both work with a server of their own that ends the session when a
refresh token comes twice, a Redis of their own, and the same faults.

## When something goes wrong

Four processes with 5 callers each, one expiry with the fault, and one more after it; each row was played ${rounds === 1 ? 'once' : `${rounds} times`}. Times
are a tenth of usual ones: callers wait for 1.2 s by hand and for 1 s with Evergrant. A cell says how many token requests there
were (2 are right), how many were refused as replays, how many of the 20 calls failed at first, and when every other process
had the fresh token; **logged out** means that a person must sign in again.

| What happens | ${columns.map(({ title }) => title).join(' | ')} |
| --- |${columns.map(() => ' --- |').join('')}
${faultRows.join('\n')}
| sessions lost of ${rows.length * rounds} | ${lost.join(' | ')} |

## From expiry to the fresh token in every process

Milliseconds, the median of ${expiries} expiries and in brackets the worst, 10 callers in each process; token requests per expiry, the
least and the most.

| | 1 process | 4 | 16 | Token requests |
| --- | ---: | ---: | ---: | ---: |
${timeRows.join('\n')}
`
}

function cellOf(outcomes: readonly Outcome[]): string {
  const [requests, replays, failed] = [
    rangeOf(outcomes.map(({ tokenRequests }) => tokenRequests)),
    rangeOf(outcomes.map(outcome => outcome.replays)),
    rangeOf(outcomes.map(({ failedCalls }) => failedCalls)),
  ]
  const fresh = outcomes.flatMap(({ freshMs }) =>
    freshMs === undefined ? [] : [(freshMs / 1000).toFixed(1)],
  )
  const lost = outcomes.filter(isLoggedOut).length
  const parts = [
    `${requests} requests`,
    replays === '0' ? '' : `${replays} ${replays === '1' ? 'replay' : 'replays'}`,
    failed === '0' ? '' : `${failed} failed`,
    fresh.length === 0 ? 'never fresh' : `fresh after ${rangeOf(fresh.map(Number))} s`,
    lost === 0
      ? ''
      : `**logged out${lost === outcomes.length ? '' : ` ${lost} of ${outcomes.length} times`}**`,
  ]
  return parts.filter(Boolean).join(', ')
}

function isLoggedOut(outcome: Outcome): boolean {
  return outcome.isLoggedOut
}

function rangeOf(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? `${least}` : `${least}–${most}`
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : `${Math.round(value)}`
}
