import { timeOf } from '@evergrant/page-kit/page'
import { useSyncExternalStore } from 'react'
import type { ReactNode } from 'react'
import type { EventLog } from './event-log.ts'
import { eventSentence } from './words.ts'

/** What the tokens of this page told by `onEvent`, the newest first. */
export function PageLog({ log }: { readonly log: EventLog }): ReactNode {
  const events = useSyncExternalStore(log.subscribe, log.getSnapshot, log.getServerSnapshot)
  if (events.length === 0) return null
  return (
    <details className="log">
      <summary>What this page noticed</summary>
      <ol>
        {events.map(({ id, at, event }) => (
          <li key={id}>
            <time className="quiet">{timeOf(at)}</time> {eventSentence(event)}
          </li>
        ))}
      </ol>
    </details>
  )
}
