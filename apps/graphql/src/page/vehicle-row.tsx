import { useState } from 'react'
import type { FormEvent, ReactNode } from 'react'
import type { PositionAnswer, VehicleView } from './operations.ts'

/** A vehicle: what the query says, where the subscription has it, and a note that the mutation changes. */
export function VehicleRow({
  vehicle,
  position,
  onNote,
}: {
  readonly vehicle: VehicleView
  readonly position: PositionAnswer['positions'] | undefined
  readonly onNote: (note: string) => Promise<void>
}): ReactNode {
  const [draft, setDraft] = useState<string>()
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    // The page says why a mutation failed; what was typed stays.
    await onNote(draft ?? vehicle.note).then(
      () => setDraft(undefined),
      () => undefined,
    )
  }
  return (
    <li>
      <div>
        <strong>{vehicle.licensePlate}</strong>
        <span className="quiet">
          {vehicle.make} {vehicle.model}, {vehicle.city}
        </span>
        <span className="position">
          {position === undefined
            ? 'no position yet'
            : `${position.latitude.toFixed(5)}, ${position.longitude.toFixed(5)}`}
        </span>
      </div>
      <form className="note" onSubmit={event => void save(event)}>
        <input
          aria-label={`Note on ${vehicle.licensePlate}`}
          placeholder="Note"
          autoComplete="off"
          maxLength={80}
          value={draft ?? vehicle.note}
          onChange={({ target }) => setDraft(target.value)}
        />
        <button type="submit" aria-label={`Save the note on ${vehicle.licensePlate}`}>
          Save
        </button>
      </form>
    </li>
  )
}
