import type { TokenManager } from '@evergrant/core'
import { ageRecord, parseRecord, readStored, serializeRecord, writeStored } from '@evergrant/core/record'
import type { StorePlace, TokenRecord } from '@evergrant/core/record'

/** A record as a cookie brought it. */
export interface CarriedRecord {
  readonly record: TokenRecord
  /** How long ago it was sealed, in milliseconds. */
  readonly ageMs: number
  /** Names the session in the store. */
  readonly storeName: string
  /** How long the store keeps what is seeded, in milliseconds. */
  readonly keepMs: number
}

/**
 * Remembers rotations for tokens that travel in cookies. The record in the store is the memo: a request that still carries
 * an old cookie finds the new tokens in it, and the spent refresh token is not used again.
 */
export class RotationMemo {
  readonly #place: Omit<StorePlace, 'key'>

  constructor(place: Omit<StorePlace, 'key'>) {
    this.#place = place
  }

  /**
   * Sees to it that the store holds the newest of both, and returns the mark of what was carried; undefined: the session
   * was signed out.
   * @throws {StoreError} the store is down
   */
  async reconcile({ key }: TokenManager, carriedRecord: CarriedRecord): Promise<string | undefined> {
    const { record, ageMs, storeName, keepMs } = carriedRecord
    const place = { ...this.#place, key }
    const carried = ageRecord(record, ageMs)
    const stored = await readStored(place)
    const known = stored && parseRecord(stored.payload)
    if (known?.signedOut) return undefined
    if (known === undefined || isLater(carried, known)) {
      const writeId = `seed ${storeName} ${carried.family} ${carried.generation}`
      // Whoever is faster has written the same or something newer: then that counts.
      await writeStored(place, serializeRecord(carried), { ifMatch: stored?.etag ?? null, writeId, keepMs })
    }
    return markOf(carried)
  }

  /**
   * The record as it stands, perhaps a tombstone; undefined: there is none.
   * @throws {StoreError} the store is down
   */
  async current({ key }: TokenManager): Promise<TokenRecord | undefined> {
    const stored = await readStored({ ...this.#place, key })
    return stored && ageRecord(parseRecord(stored.payload), stored.ageMs)
  }
}

/** Another instance, with a store of its own, has gone on with this sign-in. */
function isLater(carried: TokenRecord, known: TokenRecord): boolean {
  return carried.family === known.family && carried.generation > known.generation
}

/** What travels: no narrower tokens, which a refresh brings again, and nothing that only this store's processes need. */
export function luggage(record: TokenRecord): TokenRecord {
  const { claim: _claim, failure: _failure, rejection: _rejection, access, ...rest } = record
  const own = access['']
  return { ...rest, access: own === undefined ? {} : { '': own } }
}

/** Names the tokens of a record: each exchange begins another generation. */
export function markOf({ family, generation }: TokenRecord): string {
  return `${family} ${generation}`
}
