import type { TokenRecord } from './token-record.ts'

/** A sign-in or sign-out that is under way. */
export interface Intent {
  /** The order in which intents were started in this process. */
  readonly order: number
  /** The record that the intent started from. */
  startedFrom: TokenRecord | undefined
}

/** Decides between sign-ins and sign-outs that overlap: the one that was started last wins. */
export class Intents {
  #started = 0
  #committed: { readonly order: number; readonly record: TokenRecord | undefined } | undefined

  begin(startedFrom: TokenRecord | undefined): Intent {
    return { order: ++this.#started, startedFrom }
  }

  commit({ order }: Intent, record: TokenRecord | undefined): void {
    this.#committed = { order, record }
  }

  /**
   * Whether somebody else's sign-in or sign-out was completed since the intent began. One that this process started
   * before it does not count: the later one replaces it.
   */
  isPassed({ order, startedFrom }: Intent, current: TokenRecord | undefined): boolean {
    const committed = this.#committed
    if (committed !== undefined && committed.order > order) return true
    const isChanged = current?.family !== startedFrom?.family || current?.signedOut !== startedFrom?.signedOut
    if (!isChanged || current === undefined) return false
    // Only a person's sign-in and a sign-out count: a first call may have begun a family of the configured grant.
    if (!current.isPersons && !current.signedOut) return false
    const isEarlierOfOurs =
      committed !== undefined &&
      committed.record?.family === current.family &&
      committed.record.signedOut === current.signedOut
    return !isEarlierOfOurs
  }
}
