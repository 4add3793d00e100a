import type { ReactNode } from 'react'
import type { FleetAnswer } from '../lib/fleet.ts'

/** Some vehicles, or why there are none. */
export function FleetTable({
  answer,
  caption,
}: {
  readonly answer: FleetAnswer
  readonly caption: string
}): ReactNode {
  if (answer.kind === 'sign-in') return <p className="notice">Sign in again to see vehicles.</p>
  if (answer.kind === 'failed') return <p className="notice">{answer.message}</p>
  return (
    <table>
      <caption>
        {caption}: {answer.vehicles.length} of {answer.total} vehicles
      </caption>
      <thead>
        <tr>
          <th scope="col">Plate</th>
          <th scope="col">Make</th>
          <th scope="col">Place</th>
        </tr>
      </thead>
      <tbody>
        {answer.vehicles.map(({ id, licensePlate, make, city }) => (
          <tr key={id}>
            <th scope="row">{licensePlate}</th>
            <td>{make}</td>
            <td>{city}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
