import { SupersededError } from './errors/superseded-error.ts'

/** The error of a call that waited while somebody else signed in or out. */
export function supersededWhileWaiting(): SupersededError {
  return new SupersededError(
    'Somebody signed in or out while this call waited. Call again to use the new sign-in.',
  )
}
