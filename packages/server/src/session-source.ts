import type { SessionSource } from './request-session.ts'

/** Tells whether something finds the session of each request. */
export function isSessionSource(source: unknown): source is SessionSource {
  return typeof source === 'object' && source !== null && 'for' in source && typeof source.for === 'function'
}
