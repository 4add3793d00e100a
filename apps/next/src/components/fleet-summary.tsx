import type { ReactNode } from 'react'
import type { Vehicle, VehicleStatus } from '../lib/vehicle.ts'
import { statusWords } from '../lib/wording.ts'

const statuses: readonly VehicleStatus[] = ['ACTIVE', 'IN_MAINTENANCE', 'INACTIVE']

/** How many vehicles are in which state. */
export function FleetSummary({ vehicles }: { readonly vehicles: readonly Vehicle[] | undefined }): ReactNode {
  if (vehicles === undefined) return null
  return (
    <ul className="summary" aria-label="How many vehicles">
      {statuses.map(status => (
        <li key={status} data-status={status}>
          <strong>{vehicles.filter(vehicle => vehicle.status === status).length}</strong>{' '}
          {statusWords[status].toLowerCase()}
        </li>
      ))}
    </ul>
  )
}
