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

/** The store gets this part of a caller's time: what is left is for going on without it, or for saying what failed. */
const share = 1 / 2

/**
 * Reads the record. A store that does not answer within half of `timeoutMs` counts as unavailable: otherwise one lost
 * answer would hold the credential for ever.
 * @throws {StoreError} the store failed or did not answer
 */
export async function readStored({ store, key, clock, timeoutMs }: StorePlace): Promise<Stored | undefined> {
  try {
    return await within(clock, share * timeoutMs, store.read(key), late)
  } catch (error) {
    throw unavailable('The token store could not be read.', error)
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
    return await within(clock, share * timeoutMs, store.write(key, payload, options), late)
  } catch (error) {
    throw unavailable('The token store could not be written.', error)
  }
}

// A store's own error is not passed on: drivers attach the arguments of the failed command, which are the tokens.
function unavailable(message: string, error: unknown): StoreError {
  return error instanceof StoreError ? error : new StoreError(message, { cause: safeCause(error) })
}

function late(): StoreError {
  return new StoreError('The token store did not answer in time.')
}
