import { within } from './deadline.ts'
import type { Clock } from './clock.ts'
import { StoreError } from './errors/store-error.ts'
import { safeCause } from './network-failure.ts'
import type { Stored, TokenStore, WriteOptions, WriteResult } from './store.ts'

/** A key in a store, and how long a caller waits. */
export interface StorePlace {
  readonly store: TokenStore
  readonly key: string
  readonly clock: Clock
  readonly timeoutMs: number
}

const advice = 'Check that it works and can be reached; the next call tries again.'

/** The store gets this part of a caller's time: what is left is for going on without it, or for saying what failed. */
const share = 1 / 2

/**
 * Reads the record. A store that does not answer within half of `timeoutMs` counts as unavailable: otherwise one lost
 * answer would hold the credential for ever.
 * @throws {StoreError} the store failed or did not answer
 */
export async function readStored({ store, key, clock, timeoutMs }: StorePlace): Promise<Stored | undefined> {
  try {
    return await within(clock, share * timeoutMs, store.read(key), lateStore)
  } catch (error) {
    throw unavailable('read', error)
  }
}

/**
 * Writes the record, with the same patience.
 * @throws {StoreError} the store failed or did not answer; whether it wrote is not known then
 */
export async function writeStored(
  { store, key, clock, timeoutMs }: StorePlace,
  payload: string,
  options: WriteOptions,
): Promise<WriteResult> {
  try {
    return await within(clock, share * timeoutMs, store.write(key, payload, options), lateStore)
  } catch (error) {
    throw unavailable('written', error)
  }
}

// A store's own error is not passed on: drivers attach the arguments of the failed command, which are the tokens.
function unavailable(what: 'read' | 'written', error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const cause = safeCause(error)
  const code = /^(?:Error|unknown)$/.test(cause.message) ? '' : ` (${cause.message})`
  return new StoreError(`The token store could not be ${what}${code}. ${advice}`, { cause })
}

/** The error for a store that does not answer. */
export function lateStore(): StoreError {
  return new StoreError(`The token store did not answer in time. ${advice}`)
}
