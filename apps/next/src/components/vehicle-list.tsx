'use client'

import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import type { Filter } from '../lib/selection.ts'
import type { Vehicle } from '../lib/vehicle.ts'
import { count, placeNames, statusWords } from '../lib/wording.ts'

export interface VehicleListProps {
  readonly vehicles: readonly Vehicle[]
  /** How many there are without a filter; undefined: nobody knows yet. */
  readonly total: number | undefined
  /** The vehicles of the mark that is picked on the map. */
  readonly place: readonly Vehicle[] | undefined
  readonly picked: string | undefined
  readonly filter: Filter
  readonly onFilter: (filter: Filter) => void
  readonly onPick: (id: string) => void
  readonly onShowAll: () => void
}

/** A group of radio buttons: one stop for the Tab key, and the arrow keys go from vehicle to vehicle. */
export function VehicleList(props: VehicleListProps): ReactNode {
  const { vehicles, total, place, picked, filter, onFilter, onPick, onShowAll } = props
  const list = useRef<HTMLUListElement>(null)

  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>('li:has(:checked)')
    if (row === null || row === undefined || list.current === null) return
    // Only the list itself scrolls: the page stays where the reader is.
    const { offsetTop, offsetHeight } = row
    const { scrollTop, clientHeight } = list.current
    if (offsetTop < scrollTop) list.current.scrollTop = offsetTop
    else if (offsetTop + offsetHeight > scrollTop + clientHeight)
      list.current.scrollTop = offsetTop + offsetHeight - clientHeight
  }, [picked])

  const isNarrowed = place !== undefined || filter.text !== '' || filter.status !== ''
  return (
    <section className="panel list" aria-label="List">
      <div className="filters">
        <label>
          <span>Find</span>
          <input
            type="search"
            placeholder="Plate or town"
            value={filter.text}
            onChange={({ target }) => onFilter({ ...filter, text: target.value })}
          />
        </label>
        <label>
          <span>State</span>
          <select
            value={filter.status}
            onChange={({ target }) => onFilter({ ...filter, status: target.value })}
          >
            <option value="">All</option>
            {Object.entries(statusWords).map(([status, word]) => (
              <option key={status} value={status}>
                {word}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="found">
        <p role="status">{foundWords(props)}</p>
        {isNarrowed && (
          <button type="button" className="chip" onClick={onShowAll}>
            Show all
          </button>
        )}
      </div>
      {total === 0 && (
        <p className="empty">TRAVIS knows no vehicles of yours yet. New ones appear here by themselves.</p>
      )}
      {total !== 0 && vehicles.length === 0 && total !== undefined && (
        <p className="empty">No vehicle fits. Try a part of the plate, or another state.</p>
      )}
      {vehicles.length > 0 && (
        <fieldset>
          <legend className="hidden">Pick a vehicle to see it on the map</legend>
          <ul ref={list} className="vehicles">
            {vehicles.map(vehicle => (
              <li key={vehicle.id}>
                <label data-status={vehicle.status}>
                  <input
                    type="radio"
                    name="vehicle"
                    value={vehicle.id}
                    checked={vehicle.id === picked}
                    onChange={() => onPick(vehicle.id)}
                  />
                  <strong>{vehicle.licensePlate}</strong>
                  <span className="where">{vehicle.lastPosition.city}</span>
                  <span className="what">
                    {vehicle.make} {vehicle.model}
                  </span>
                  <span className="state">{statusWords[vehicle.status]}</span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
      )}
    </section>
  )
}

function foundWords({ vehicles, total, place }: VehicleListProps): string {
  if (total === undefined) return 'Waiting for TRAVIS…'
  if (place !== undefined)
    return `${count(vehicles.length, 'vehicle')} near ${placeNames(place.map(vehicle => vehicle.lastPosition.city))}`
  return vehicles.length === total
    ? count(total, 'vehicle')
    : `${vehicles.length} of ${count(total, 'vehicle')}`
}
