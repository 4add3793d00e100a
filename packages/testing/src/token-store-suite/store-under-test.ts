/** What a read returns: `Stored` of `@evergrant/core`, which the suite does not import. */
export interface StoredUnderTest {
  readonly etag: string
  readonly ageMs: number
  readonly payload: string
}

/** `WriteOptions` of `@evergrant/core`. */
export interface WriteOptionsUnderTest {
  readonly ifMatch: string | null
  readonly writeId: string
  readonly keepMs?: number | undefined
  readonly notify?: boolean | undefined
}

/** `WriteResult` of `@evergrant/core`. */
export type WriteResultUnderTest =
  | { readonly ok: true; readonly etag: string }
  | { readonly ok: false; readonly current: StoredUnderTest | undefined }

/** `TokenStore` of `@evergrant/core`. */
export interface StoreUnderTest {
  read(key: string): Promise<StoredUnderTest | undefined>
  write(key: string, payload: string, options: WriteOptionsUnderTest): Promise<WriteResultUnderTest>
  watch?(listener: (key: string | undefined) => void): Disposable
  remove?(key: string, options: { readonly ifMatch: string }): Promise<boolean>
  keys?(): AsyncIterable<string>
}

/** An empty place for records, made for one test. */
export interface TokenStorePlace {
  readonly store: StoreUnderTest
  /** The same place as another process sees it, through a connection of its own. Default: the store itself. */
  readonly another?: (() => StoreUnderTest | Promise<StoreUnderTest>) | undefined
  /** Lets time pass for the store. Default: waits as long as the clock on the wall. */
  readonly pass?: ((ms: number) => Promise<void>) | undefined
  /** Closes and removes what the place needed. Called after the test, also a failed one. */
  readonly close?: (() => Promise<void>) | undefined
}
