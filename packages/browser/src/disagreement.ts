import type { EvergrantError } from '@evergrant/core/source'
import type { BackOff } from './back-off.ts'

/**
 * The token route refuses a sign-in that the session route tells of, as half-updated servers do. Each answer makes the page
 * ask the other route, so there are pauses between the rounds, longer each time.
 */
export class Disagreement {
  readonly #backOff: BackOff
  #signInId: string | undefined

  constructor(backOff: BackOff) {
    this.#backOff = backOff
  }

  /** The token route refused this sign-in. */
  note(signInId: string, error: EvergrantError): void {
    this.#signInId = signInId
    this.#backOff.fail(error)
  }

  /** Resolves when a token may be asked for in the name of this sign-in. */
  async pause(signInId: string): Promise<void> {
    if (signInId === this.#signInId) await this.#backOff.pause()
  }

  /** The token route gave a token, or nobody is left to ask. */
  settle(): void {
    this.#signInId = undefined
    this.#backOff.succeed()
  }
}
