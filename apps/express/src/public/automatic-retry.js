/** @typedef {import('./gateway-client.js').Credential} Credential */

const shortestMs = 3000
const longestMs = 60_000

/**
 * When a card whose request failed asks again by itself: once its credential is well again, or may be tried again, and
 * after a pause that doubles with each failure, so that an API in trouble is left alone.
 */
export class AutomaticRetry {
  #pauseMs = 0
  #notBefore = Infinity
  #isAligned = false

  succeeded() {
    this.#pauseMs = 0
    this.#notBefore = Infinity
  }

  failed() {
    this.#pauseMs = Math.min(longestMs, Math.max(shortestMs, this.#pauseMs * 2))
    this.#notBefore = Date.now() + this.#pauseMs
    this.#isAligned = false
  }

  /**
   * @param {Credential} credential
   * @param {number} at the gateway's clock, in epoch milliseconds
   */
  isDue(credential, at) {
    this.#align(credential, at)
    return Date.now() >= this.#notBefore && isPromising(credential, at)
  }

  // The pause after an exchange is short and its end is known: nobody has to wait longer than that. Once for each
  // failure, so that an API that goes on refusing is asked ever more rarely.
  /**
   * @param {Credential} credential
   * @param {number} at
   */
  #align({ failure, retryAt }, at) {
    if (this.#isAligned || failure !== undefined || retryAt === undefined || retryAt <= at) return
    this.#isAligned = true
    if (this.#notBefore !== Infinity) this.#notBefore = Date.now() + retryAt - at
  }
}

/**
 * @param {Credential} credential
 * @param {number} at
 */
function isPromising({ state, failure, retryAt }, at) {
  // Only new credentials help, and those come from a person.
  if (state === 'refused' || state === 'sign-in-needed' || state === 'signed-out') return false
  if (failure === undefined) return retryAt === undefined || retryAt <= at
  return state === 'struggling' || (retryAt !== undefined && retryAt <= at)
}
