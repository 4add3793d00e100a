/** @typedef {import('./gateway-client.js').Credential} Credential */

const shortestMs = 3000
const longestMs = 60_000
/** An API may take a refused access token again at any moment. While the engine's pause is longer, that is tried. */
const refusedMs = 5000

/**
 * When a card whose request failed asks again by itself: once its credential is well again, or may be tried again, and
 * after a pause that doubles with each failure, so that an API in trouble is left alone. Where the engine knows when it
 * tries again, the card asks then: its pauses double, too.
 */
export class AutomaticRetry {
  #pauseMs = 0
  #failedAt = 0
  #notBefore = Infinity
  #alignedTo = 0

  succeeded() {
    this.#pauseMs = 0
    this.#notBefore = Infinity
  }

  failed() {
    this.#pauseMs = Math.min(longestMs, Math.max(shortestMs, this.#pauseMs * 2))
    this.#failedAt = Date.now()
    this.#notBefore = this.#failedAt + this.#pauseMs
  }

  /**
   * @param {Credential} credential
   * @param {number} at the gateway's clock, in epoch milliseconds
   */
  isDue(credential, at) {
    this.#align(credential, at)
    return Date.now() >= this.#notBefore && isPromising(credential, at)
  }

  // Once for each pause of the engine: a failure that leaves its end where it was is the API's own.
  /**
   * @param {Credential} credential
   * @param {number} at
   */
  #align({ state, retryAt }, at) {
    if (this.#notBefore === Infinity) return
    if (state === 'rejected') this.#notBefore = Math.min(this.#notBefore, this.#failedAt + refusedMs)
    // The same instant may differ by the time that telling it took.
    if (retryAt === undefined || retryAt <= at || retryAt < this.#alignedTo + 500) return
    this.#alignedTo = retryAt
    this.#notBefore = Math.min(this.#notBefore, Date.now() + retryAt - at)
  }
}

/**
 * @param {Credential} credential
 * @param {number} at
 */
function isPromising({ state, failure, retryAt }, at) {
  // Only new credentials help, and those come from a person.
  if (state === 'refused' || state === 'sign-in-needed' || state === 'signed-out') return false
  if (state === 'rejected') return retryAt === undefined || retryAt <= at || retryAt > at + refusedMs
  if (failure === undefined || state === 'struggling') return true
  return retryAt !== undefined && retryAt <= at
}
