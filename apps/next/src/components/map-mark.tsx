'use client'

import type { KeyboardEvent, ReactNode } from 'react'
import type { Selection } from '../lib/selection.ts'
import type { Vehicle } from '../lib/vehicle.ts'
import { count, placeNames, statusWords } from '../lib/wording.ts'
import type { Cluster } from '../map/clusters.ts'
import { labelBox } from '../map/label-box.ts'

/** One mark of the map: a vehicle, or several that are too close to each other. */
export function MapMark({
  cluster,
  isPicked,
  isStop,
  onFocus,
  onPick,
}: {
  readonly cluster: Cluster<Vehicle>
  readonly isPicked: boolean
  readonly isStop: boolean
  readonly onFocus: () => void
  readonly onPick: () => void
}): ReactNode {
  const { items, point } = cluster
  const isSingle = items.length === 1
  const radius = isSingle ? 7 : Math.min(14, 9 + Math.sqrt(items.length))
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onPick()
  }
  return (
    <g
      className={isSingle ? 'mark single' : 'mark'}
      data-status={isSingle ? items[0]?.status : undefined}
      transform={`translate(${point.x.toFixed(1)} ${point.y.toFixed(1)})`}
      role="button"
      tabIndex={isStop ? 0 : -1}
      aria-pressed={isPicked}
      aria-label={nameOf(cluster)}
      onClick={onPick}
      onFocus={onFocus}
      onKeyDown={press}
    >
      <circle className="target" r={15} />
      <circle className="ring" r={radius + 4} />
      <circle className="dot" r={radius} />
      {!isSingle && (
        <text dy="0.35em" aria-hidden="true">
          {items.length}
        </text>
      )}
    </g>
  )
}

/** Names the picked mark where it is, above all other marks. */
export function MarkLabel({
  cluster,
  selection,
  bounds,
}: {
  readonly cluster: Cluster<Vehicle>
  readonly selection: Selection
  readonly bounds: { readonly width: number; readonly height: number }
}): ReactNode {
  const text = labelOf(cluster, selection)
  const box = labelBox(cluster.point, text, bounds)
  return (
    <g className="label" transform={`translate(${box.x.toFixed(1)} ${box.y.toFixed(1)})`} aria-hidden="true">
      <rect width={box.width.toFixed(1)} height={box.height} rx="7" />
      <text x={(box.width / 2).toFixed(1)} y={box.height / 2} dy="0.35em">
        {text}
      </text>
    </g>
  )
}

function nameOf({ items }: Cluster<Vehicle>): string {
  const [first] = items
  if (first !== undefined && items.length === 1)
    return `${first.licensePlate} in ${first.lastPosition.city}, ${statusWords[first.status].toLowerCase()}`
  return `${count(items.length, 'vehicle')} near ${placeNames(items.map(({ lastPosition }) => lastPosition.city))}`
}

function labelOf({ items }: Cluster<Vehicle>, selection: Selection): string {
  const picked = selection.kind === 'vehicle' ? items.find(({ id }) => id === selection.id) : undefined
  if (picked !== undefined) return `${picked.licensePlate} · ${picked.lastPosition.city}`
  const [city = ''] = items.map(({ lastPosition }) => lastPosition.city)
  return items.every(({ lastPosition }) => lastPosition.city === city) ? city : `Near ${city}`
}
