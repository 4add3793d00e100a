import type { Refusal } from './request-guard.ts'

/** A page shows one person, and somebody else has signed in meanwhile, in another tab. */
export const sessionChanged: Refusal = {
  status: 409,
  code: 'session_changed',
  message: 'Somebody signed in or out meanwhile, maybe in another tab. Ask for the session again.',
}
