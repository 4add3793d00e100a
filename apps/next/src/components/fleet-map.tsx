'use client'

import { useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { isMarked } from '../lib/selection.ts'
import type { Selection } from '../lib/selection.ts'
import type { Vehicle } from '../lib/vehicle.ts'
import { clusterOf } from '../map/clusters.ts'
import { mapExtent } from '../map/map-extent.ts'
import { nextMark } from '../map/next-mark.ts'
import { createProjection } from '../map/projection.ts'
import { MapGround } from './map-ground.tsx'
import { MapMark, MarkLabel } from './map-mark.tsx'
import { useWidth } from './use-width.ts'

export interface FleetMapProps {
  readonly vehicles: readonly Vehicle[]
  readonly selection: Selection
  readonly onPick: (ids: readonly string[]) => void
}

// The diameter of the largest mark and a little: the next one can still be hit.
const apart = 30

/** The vehicles where they were last seen. One stop for the Tab key; arrow keys go from mark to mark. */
export function FleetMap({ vehicles, selection, onPick }: FleetMapProps): ReactNode {
  const [frame, width] = useWidth(760)
  const marks = useRef<SVGSVGElement>(null)
  const [stop, setStop] = useState(0)
  const projection = useMemo(() => createProjection(mapExtent, width), [width])
  const clusters = useMemo(
    () =>
      clusterOf(
        vehicles.map(item => ({ item, point: projection.project(item.lastPosition) })),
        apart,
      ),
    [vehicles, projection],
  )
  const idsOf = clusters.map(({ items }) => items.map(({ id }) => id))
  const picked = idsOf.findIndex(ids => isMarked(selection, ids))
  const current = clusters[picked]
  const reachable = Math.min(stop, clusters.length - 1)

  const move = (event: KeyboardEvent): void => {
    const next = nextMark(
      clusters.map(({ point }) => point),
      reachable,
      event.key,
    )
    if (!event.key.startsWith('Arrow')) return
    event.preventDefault()
    if (next === undefined) return
    setStop(next)
    marks.current?.querySelectorAll<SVGElement>('[role=button]')[next]?.focus()
  }

  return (
    <section className="panel map" aria-label="Map">
      <div ref={frame}>
        <svg
          ref={marks}
          viewBox={`0 0 ${width} ${projection.height.toFixed(0)}`}
          role="group"
          aria-label="Where the vehicles were last seen. The arrow keys lead from mark to mark."
          onKeyDown={move}
        >
          <MapGround projection={projection} />
          {clusters.map((cluster, index) => (
            <MapMark
              key={cluster.items[0]?.id}
              cluster={cluster}
              isPicked={index === picked}
              isStop={index === reachable}
              onFocus={() => setStop(index)}
              onPick={() => onPick(idsOf[index] ?? [])}
            />
          ))}
          {current !== undefined && <MarkLabel cluster={current} selection={selection} bounds={projection} />}
        </svg>
      </div>
    </section>
  )
}
