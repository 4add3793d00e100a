'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import type { FleetAnswer } from '../lib/fetch-fleet.ts'
import { stay } from '../lib/leaving.ts'
import type { Arrival } from '../lib/notices.ts'
import { isMarked, listed, nothing, pickMark } from '../lib/selection.ts'
import type { Filter, Selection } from '../lib/selection.ts'
import { FleetMap } from './fleet-map.tsx'
import { FleetNews } from './fleet-news.tsx'
import { FleetSummary } from './fleet-summary.tsx'
import { Picked } from './picked.tsx'
import { TokenLife } from './token-life.tsx'
import { useArrival } from './use-arrival.ts'
import { useFleet } from './use-fleet.ts'
import { useSessionWatch } from './use-session-watch.ts'
import { VehicleList } from './vehicle-list.tsx'

/** The vehicles as a list and on a map, which show the same selection. */
export function FleetBoard({
  first,
  signInId,
}: {
  readonly first: FleetAnswer
  readonly signInId: string
}): ReactNode {
  const router = useRouter()
  const title = useArrival()
  const leave = useCallback((why: Arrival = 'ended') => router.replace(`/?session=${why}`), [router])
  const refresh = useCallback(() => router.refresh(), [router])
  const fleet = useFleet(first, signInId, { leave, change: refresh })
  const [selection, select] = useState<Selection>(nothing)
  const [filter, setFilter] = useState<Filter>({ text: '', status: '' })
  useEffect(stay, [])
  useSessionWatch(signInId, leave, refresh)

  const vehicles = fleet.vehicles ?? []
  const shown = listed(vehicles, selection, filter)
  const onMap = listed(vehicles, nothing, filter)
  return (
    <>
      <div className="heading">
        <h1 id="title" ref={title} tabIndex={-1}>
          Vehicles
        </h1>
        <FleetSummary vehicles={fleet.vehicles} />
        <FleetNews fleet={fleet} />
      </div>
      {fleet.failure !== undefined && (
        <p className="notice" role="alert">
          {fleet.failure.message} {vehicles.length > 0 ? 'What you see is the last answer. ' : ''}
          The page asks again by itself.
        </p>
      )}
      <div className="board">
        <FleetMap
          vehicles={onMap}
          selection={selection}
          onPick={ids => select(before => pickMark(before, ids))}
        />
        <Picked vehicles={vehicles} selection={selection} />
        <VehicleList
          vehicles={shown}
          total={fleet.vehicles?.length}
          place={
            selection.kind === 'place' ? vehicles.filter(({ id }) => isMarked(selection, [id])) : undefined
          }
          picked={selection.kind === 'vehicle' ? selection.id : undefined}
          filter={filter}
          onFilter={setFilter}
          onPick={id => select({ kind: 'vehicle', id })}
          onShowAll={() => {
            select(nothing)
            setFilter({ text: '', status: '' })
          }}
        />
      </div>
      <TokenLife leave={leave} />
    </>
  )
}
