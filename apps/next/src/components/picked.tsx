import type { ReactNode } from 'react'
import type { Selection } from '../lib/selection.ts'
import type { Vehicle } from '../lib/vehicle.ts'
import { dayWords, positionWords, statusWords, typeWord } from '../lib/wording.ts'

/** Everything that TRAVIS tells about the picked vehicle. */
export function Picked({
  vehicles,
  selection,
}: {
  readonly vehicles: readonly Vehicle[]
  readonly selection: Selection
}): ReactNode {
  const vehicle = selection.kind === 'vehicle' ? vehicles.find(({ id }) => id === selection.id) : undefined
  return (
    <section className="panel picked" aria-label="Picked vehicle" aria-live="polite">
      {vehicle === undefined ? (
        <p className="quiet">{advice(selection)}</p>
      ) : (
        <>
          <h2>
            <span className="plate">{vehicle.licensePlate}</span> {vehicle.make} {vehicle.model}
          </h2>
          <dl>
            {facts(vehicle).map(([term, value]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  )
}

function advice({ kind }: Selection): string {
  if (kind === 'place') return 'The list shows the vehicles of this mark. Pick one of them to see more.'
  return kind === 'vehicle'
    ? 'TRAVIS no longer knows this vehicle.'
    : 'Pick a vehicle in the list or a mark on the map to see more of it.'
}

function facts(vehicle: Vehicle): (readonly [string, string])[] {
  return [
    ['State', statusWords[vehicle.status]],
    ['Kind', typeWord(vehicle.type)],
    ['Last seen', vehicle.lastPosition.city],
    ['Position', positionWords(vehicle.lastPosition)],
    ['Registered', `${vehicle.country}, ${dayWords(vehicle.firstRegistration)}`],
    ['VIN', vehicle.vin],
  ]
}
