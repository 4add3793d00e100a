import type { EmulatorClock } from '../clock.ts'
import { Random } from '../records/random.ts'
import { checkFault } from './check-fault.ts'
import type { DelayFault, Fault, FaultDescription, FaultHandle, Faults } from './fault.ts'

/** What a fault can be aimed at. */
export interface FaultQuery {
  readonly on: 'token' | 'api' | 'other'
  readonly grantType: string | undefined
  /** Whether the request follows a redirect to the same origin already. */
  readonly isRedirected: boolean
}

/** What happens to one request: it waits, and then the fault, if there is one, spoils it. */
export interface Misfortune {
  readonly delays: readonly (Fault & DelayFault)[]
  readonly fault: Exclude<Fault, DelayFault> | undefined
}

interface Entry {
  readonly fault: Fault
  readonly times: number
  readonly share: number
  readonly untilAt: number | undefined
  applied: number
}

/** The faults of one provider, and which of them meets a request. */
export class FaultList implements Faults {
  readonly #clock: EmulatorClock
  readonly #random: Random
  #entries: readonly Entry[] = []

  constructor(clock: EmulatorClock, seed: number) {
    this.#clock = clock
    this.#random = new Random(seed)
  }

  add(fault: Fault): FaultHandle {
    const checked = checkFault(fault)
    const { share = 1, forMs } = checked
    // A share or a stretch of time says by itself when it ends; a bare fault is for the next request.
    const isBare = checked.share === undefined && forMs === undefined
    const { times = isBare ? 1 : Number.POSITIVE_INFINITY } = checked
    const untilAt = forMs === undefined ? undefined : this.#clock.now() + forMs
    const entry: Entry = { fault: checked, times, share, untilAt, applied: 0 }
    this.#entries = [...this.#entries, entry]
    return {
      get applied() {
        return entry.applied
      },
      remove: () => {
        this.#entries = this.#entries.filter(other => other !== entry)
      },
    }
  }

  clear(): void {
    this.#entries = []
  }

  list(): readonly FaultDescription[] {
    this.#dropEnded()
    return this.#entries.map(({ fault, times, share, untilAt, applied }) => ({
      kind: fault.kind,
      on: fault.on ?? 'token',
      ...(fault.grantType === undefined ? {} : { grantType: fault.grantType }),
      applied,
      remaining: times - applied,
      share,
      ...(untilAt === undefined ? {} : { untilAt }),
    }))
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** Decides what happens to a request, and counts it. */
  meet(query: FaultQuery): Misfortune {
    this.#dropEnded()
    const delays: (Fault & DelayFault)[] = []
    for (const entry of this.#entries) {
      if (!isAimedAt(entry.fault, query) || !this.#random.chance(entry.share)) continue
      entry.applied += 1
      const { fault } = entry
      if (fault.kind !== 'delay') return { delays, fault }
      delays.push(fault)
    }
    return { delays, fault: undefined }
  }

  #dropEnded(): void {
    const now = this.#clock.now()
    this.#entries = this.#entries.filter(
      ({ applied, times, untilAt }) => applied < times && (untilAt === undefined || now < untilAt),
    )
  }
}

function isAimedAt(fault: Fault, query: FaultQuery): boolean {
  // Otherwise a redirect that lasts would never lead anywhere, and one follower would use up several.
  if (query.isRedirected && fault.kind === 'redirect' && fault.to === 'same-origin') return false
  const { on = 'token', grantType } = fault
  return (on === 'all' || on === query.on) && (grantType === undefined || grantType === query.grantType)
}
