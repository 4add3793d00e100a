import { StoreError } from './errors/store-error.ts'

/** How many conflicting writes in a row are answered with another try. */
export const mostConflicts = 5

/** The error for a record that changes between every read and write. The store works: nothing may go on without it. */
export function contended(advice: string = 'Try again.'): StoreError {
  const message = `The token record is written by others all the time. ${advice}`
  return new StoreError(message, { code: 'store_contended' })
}
