import type { Clock } from './clock.ts'
import type { Held } from './held.ts'
import type { StoredAccessToken } from './token-record.ts'
import type { RequestTiming } from './token-endpoint.ts'
import { VariantState } from './variant-state.ts'

/** What the tokens of a credential are learned with. */
export interface VariantStatesOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Called after an API refused a token, or took a refused one again. */
  readonly onChange: () => void
}

/** What this process knows about the access tokens of one credential, one for each variant. */
export class VariantStates {
  readonly #options: VariantStatesOptions
  readonly #states = new Map<string, VariantState>()

  constructor(options: VariantStatesOptions) {
    this.#options = options
  }

  get(variant: string): VariantState | undefined {
    return this.#states.get(variant)
  }

  /** Forgets everything: somebody else signed in. */
  clear(): void {
    this.#states.clear()
  }

  /** Takes in the token of a record. `timing` says that this process has just obtained it, and when it asked. */
  learn(variant: string, access: StoredAccessToken, held: Held, timing: RequestTiming | undefined): void {
    const known = this.#states.get(variant)
    const isSameToken = known?.token === access.token
    if (isSameToken && timing === undefined) return
    const { clock, random } = this.#options
    const state = new VariantState(access, held, clock, random(), timing)
    if (known && isSameToken) state.inherit(known)
    this.#states.set(variant, state)
  }

  /** Notes that an API refused `token`. Tells whether it is the one in use. */
  noteRejection(variant: string, token: string): boolean {
    const state = this.#states.get(variant)
    if (state === undefined || state.token !== token) return false
    state.noteRejection()
    this.#options.onChange()
    return true
  }

  /** Notes that an API took `token` although it had been refused before. */
  noteAcceptance(variant: string, token: string): void {
    const state = this.#states.get(variant)
    if (state === undefined || state.token !== token || !state.isRejected) return
    state.noteAcceptance()
    this.#options.onChange()
  }

  /** Whether the API has refused the token in use. */
  isRejected(variant: string): boolean {
    return this.#states.get(variant)?.isRejected ?? false
  }

  /** Whether the token in use was requested after `monotonicAt`. */
  isRequestedSince(variant: string, monotonicAt: number): boolean {
    const state = this.#states.get(variant)
    return state !== undefined && state.requestedMonotonicAt >= monotonicAt
  }
}
