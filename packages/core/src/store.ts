/** What a store returns for a key. */
export interface Stored {
  /** Names this very write; never used again for another one. */
  readonly etag: string
  /** How long ago it was written, by the store's own clock, in milliseconds. */
  readonly ageMs: number
  readonly payload: string
}

/** Options of {@link TokenStore.write}. */
export interface WriteOptions {
  /** The etag that the key must still have; null: the key must not exist. */
  readonly ifMatch: string | null
  /** A repeated write with the same id succeeds again: clients resend. */
  readonly writeId: string
  /** How long the record must be kept at least, in milliseconds. Absent: for ever. */
  readonly keepMs?: number | undefined
  /** Whether watchers should hear of it. Default true. */
  readonly notify?: boolean | undefined
}

/** The answer to a write: the new etag, or what stands there instead. */
export type WriteResult =
  { readonly ok: true; readonly etag: string } | { readonly ok: false; readonly current: Stored | undefined }

/**
 * Where token records live. Two methods are required; there is no lock, because the claim on a refresh token is itself
 * a compare-and-set write. Every store passes the same conformance suite.
 */
export interface TokenStore {
  /** Reads the newest write. Linearizable; never from a replica. */
  read(key: string): Promise<Stored | undefined>
  /** Writes if the key still has the etag `ifMatch`. */
  write(key: string, payload: string, options: WriteOptions): Promise<WriteResult>
  /**
   * Calls `listener` with a key that may have changed, through this store object too, or undefined if some changes may have
   * been missed. A hint only.
   */
  watch?(listener: (key: string | undefined) => void): Disposable
  /** Removes a record. For garbage collection and the command line; the engine never removes. */
  remove?(key: string, options: { readonly ifMatch: string }): Promise<boolean>
  /** Lists the keys, for people; the engine never asks. */
  keys?(): AsyncIterable<string>
}
