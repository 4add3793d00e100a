import type { Credential } from './credential.ts'
import { SupersededError } from './errors/superseded-error.ts'

/** How a renewal ended. It never rejects, so that a background renewal cannot become an unhandled rejection. */
export type Outcome =
  | {
      readonly ok: true
      /** Somebody else is at work: looking again before then is pointless. */
      readonly retryInMs?: number | undefined
    }
  | {
      readonly ok: false
      readonly error: unknown
      /** Whose attempt it was: managers of one key share flights, but perhaps not their configuration. */
      readonly by?: Credential | undefined
    }

export const done: Outcome = { ok: true }
export const failed = (error: unknown): Outcome => ({ ok: false, error })

export function superseded(): SupersededError {
  return new SupersededError(
    'Somebody signed in or out while this call waited. Call again to use the new sign-in.',
  )
}
