'use client'

import type { ReactNode } from 'react'
import type { Fleet } from './use-fleet.ts'

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** When TRAVIS was last asked, and a button to ask now. */
export function FleetNews({ fleet }: { readonly fleet: Fleet }): ReactNode {
  const { isAsking, answeredAt, ask } = fleet
  return (
    <p className="news">
      <span className="quiet">{answeredAt !== undefined && `As of ${clock.format(answeredAt)}`}</span>{' '}
      <button type="button" onClick={ask} aria-disabled={isAsking}>
        {isAsking ? 'Asking TRAVIS…' : 'Ask again'}
      </button>
    </p>
  )
}
