import type { ReactNode } from 'react'
import type { FleetCounts } from './fleet-stats.ts'

const titles: Readonly<Record<keyof FleetCounts, string>> = {
  operations: 'Operations',
  failed: 'Failed',
  refreshes: 'Refreshes',
  events: 'Live events',
  missed: 'Missed',
  reconnects: 'Reconnects',
}

/** What has happened, in numbers. Nothing is announced: the numbers change all the time. */
export function Counters({ counts }: { readonly counts: FleetCounts }): ReactNode {
  return (
    <dl className="counters">
      {(Object.keys(titles) as (keyof FleetCounts)[]).map(name => (
        <div key={name} data-is-bad={name === 'failed' && counts.failed > 0}>
          <dt>{titles[name]}</dt>
          <dd data-count={name}>{counts[name]}</dd>
        </div>
      ))}
    </dl>
  )
}
