import { after } from 'next/server.js'

/**
 * Lets work go on after the answer, for the option `waitUntil` of `createSessions` and of managers. Outside a request it
 * does nothing: the work runs on as long as the process does. Never throws.
 */
export function waitUntilAfter(work: Promise<unknown>): void {
  try {
    after(work)
  } catch {
    // No request is under way, or it is one that cannot wait.
  }
}
