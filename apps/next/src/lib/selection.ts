import type { Vehicle } from './vehicle.ts'

/** What is picked: one vehicle, or all that one mark of the map stands for. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'vehicle'; readonly id: string }
  | { readonly kind: 'place'; readonly ids: readonly string[] }

/** What a list is narrowed to. */
export interface Filter {
  readonly text: string
  readonly status: string
}

export const nothing: Selection = { kind: 'none' }

/** Picks what a mark stands for. The same mark again, and nothing is picked. */
export function pickMark(before: Selection, ids: readonly string[]): Selection {
  const [first] = ids
  if (first === undefined || isMarked(before, ids)) return nothing
  return ids.length === 1 ? { kind: 'vehicle', id: first } : { kind: 'place', ids }
}

/** Tells whether a mark is the picked one, or has the picked vehicle among its own. */
export function isMarked(selection: Selection, ids: readonly string[]): boolean {
  if (selection.kind === 'vehicle') return ids.includes(selection.id)
  return selection.kind === 'place' && selection.ids.some(id => ids.includes(id))
}

/** The vehicles that the list shows: those of the picked place, if one is, that fit the filter. */
export function listed(
  vehicles: readonly Vehicle[],
  selection: Selection,
  { text, status }: Filter,
): readonly Vehicle[] {
  const ids = selection.kind === 'place' ? new Set(selection.ids) : undefined
  const wanted = plain(text)
  return vehicles.filter(vehicle => {
    if (ids?.has(vehicle.id) === false) return false
    if (status !== '' && vehicle.status !== status) return false
    const { licensePlate, make, model, lastPosition } = vehicle
    return plain(`${licensePlate} ${make} ${model} ${lastPosition.city}`).includes(wanted)
  })
}

// Nobody types the spaces and dashes of a plate, or the accent of Liège.
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\s\p{Mark}\-.]/gu, '')
    .toLowerCase()
}
