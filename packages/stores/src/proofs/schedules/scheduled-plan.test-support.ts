import * as fc from 'fast-check'
import type { ReplayHabit } from './model-server.test-support.ts'
import type { StoreKind } from './model-store.test-support.ts'

/** Where a schedule takes place. */
export interface World {
  readonly kind: StoreKind
  readonly habit: ReplayHabit
}

/** What happens to one operation of a store on its way. */
export type Fate = 'well' | 'never arrives' | 'answer lost' | 'sent again'

/** How one operation of a store fares. */
export interface Passage {
  readonly fate: Fate
  /** Whoever asked hears nothing of a loss, not even an error. */
  readonly isSilent: boolean
  /** Nobody hears that something was written. */
  readonly isHintLost: boolean
}

/** One thing that happens at some moment of a round; the scheduler chooses the moment. */
export type Happening =
  | { readonly kind: 'ask'; readonly holder: number; readonly isForced: boolean }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'sleep'; readonly holder: number; readonly ms: number }
  | { readonly kind: 'fall back'; readonly count: number | 'all' }

/** From one quiet moment to the next. */
export interface Round {
  readonly happenings: readonly Happening[]
  /** Of the operations of the store, in the order in which they are sent. */
  readonly fates: readonly Passage[]
  /** Of the token requests: whether the server says that it cannot serve now. */
  readonly outages: readonly boolean[]
}

export interface Plan {
  /** Whether both have read the record before the trouble begins. */
  readonly isWarm: boolean
  readonly skewsMs: readonly [number, number]
  readonly rounds: readonly Round[]
  /** Who asks first when everything is quiet. */
  readonly firstHolder: number
}

/** What the holders are configured with. */
export interface Patience {
  readonly holdMs: number
  readonly timeoutMs: number
}

/** Where nothing may outlast a claim the hold is long, and elsewhere short, so that many claims are outlasted. */
export const patienceOf: Record<ReplayHabit, Patience> = {
  'ends the family': { holdMs: 25_000, timeoutMs: 2000 },
  refuses: { holdMs: 10_000, timeoutMs: 5000 },
}

const fatesOf: Record<StoreKind, readonly Fate[]> = {
  // The machine that fails takes the process with it: an operation is done or says that it is not.
  file: ['well', 'well', 'well', 'never arrives'],
  Redis: ['well', 'well', 'well', 'never arrives', 'answer lost', 'sent again'],
  Postgres: ['well', 'well', 'well', 'never arrives', 'answer lost'],
}

/**
 * Draws what happens. Where a replay ends the family, a round is shorter than a claim's hold: whoever is slower than
 * that is taken over, and no client can then know whether its request was acted on.
 */
export function plans({ kind, habit }: World): fc.Arbitrary<Plan> {
  const isStrict = habit === 'ends the family'
  const holder = fc.integer({ min: 0, max: 1 })
  const round = fc.record({
    // At most six times of 3 s: below the hold, with room for what is written when the network is good again.
    happenings: fc.array(happenings(kind, isStrict, holder), { minLength: 1, maxLength: 6 }),
    fates: fc.array(passages(kind), { maxLength: 10 }),
    outages: fc.array(fc.boolean(), { maxLength: 2 }),
  })
  const skewMs = fc.integer({ min: -3_600_000, max: 3_600_000 })
  return fc.record({
    isWarm: fc.boolean(),
    skewsMs: fc.tuple(skewMs, skewMs),
    rounds: fc.array(round, { minLength: 1, maxLength: 2 }),
    firstHolder: holder,
  })
}

function happenings(
  kind: StoreKind,
  isStrict: boolean,
  holder: fc.Arbitrary<number>,
): fc.Arbitrary<Happening> {
  const ask = fc.record({ kind: fc.constant('ask' as const), holder, isForced: fc.boolean() })
  const time = fc.record({
    kind: fc.constant('time' as const),
    ms: fc.integer({ min: 1, max: isStrict ? 3000 : 4000 }),
  })
  const sleep = fc.record({
    kind: fc.constant('sleep' as const),
    holder,
    ms: isStrict ? fc.integer({ min: 1, max: 3000 }) : fc.integer({ min: 1, max: 20_000 }),
  })
  const fallBack = fc.record({
    kind: fc.constant('fall back' as const),
    count: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant('all' as const)),
  })
  return fc.oneof(ask, ask, time, sleep, ...(kind === 'Redis' ? [fallBack] : []))
}

function passages(kind: StoreKind): fc.Arbitrary<Passage> {
  const mayBeLost = kind === 'file' ? fc.constant(false) : fc.boolean()
  return fc.record({
    fate: fc.constantFrom(...fatesOf[kind]),
    isSilent: mayBeLost,
    isHintLost: mayBeLost,
  })
}
