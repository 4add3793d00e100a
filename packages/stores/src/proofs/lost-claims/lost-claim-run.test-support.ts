import type { StoreName } from '../backends.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'

/** Where in its exchange the holder of a claim is when the fault comes. */
export const moments = [
  // The store has the claim; its answer is still under way to the holder.
  'claiming',
  // The holder knows that it has the claim, and has sent nothing.
  'claimed',
  // The server has the request, and answers while nobody reads.
  'sent',
  // The request is under way for so long that a successor's overtakes it.
  'delayed',
  // The holder has the only copy of the new refresh token, and has not begun to write it.
  'answered',
  // The store has the new record; its answer is still under way to the holder.
  'committing',
] as const

export type Moment = (typeof moments)[number]

/**
 * How the server takes a refresh token that was used before: it kills the family, it refuses that one request, or it
 * forgives for a while.
 */
export const habits = ['kills the family', 'refuses', 'forgives'] as const

export type Habit = (typeof habits)[number]

/** What one run is about: one credential in one store, met by one fault. */
export interface RunPlan {
  /** Names the credential: nobody else has it. */
  readonly name: string
  readonly storeName: StoreName
  readonly address: StoreAddress
  readonly moment: Moment
  readonly habit: Habit
  /** The others ask only after the fault: they have not seen the claim. */
  readonly areOthersLate: boolean
}

/** Deals out a list again and again in shuffled rounds, so that each of its items comes equally often. */
export function dealer<T>(items: readonly T[], random: () => number): () => T {
  let round: T[] = []
  return () => {
    if (round.length === 0) {
      round = items
        .map(item => ({ item, place: random() }))
        .toSorted((left, right) => left.place - right.place)
        .map(({ item }) => item)
    }
    return round.pop() as T
  }
}
