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

  succeeded() {
    this.#pauseMs = 0
    this.#notBefore = Infinity
  }

  failed() {
    this.#pauseMs = Math.min(longestMs, Math.max(shortestMs, this.#pauseMs * 2))
    this.#notBefore = Date.now() + this.#pauseMs
  }

  /**
   * @param {Credential} credential
   * @param {number} at the gateway's clock, in epoch milliseconds
   */
  isDue(credential, at) {
    return Date.now() >= this.#notBefore && isPromising(credential, at)
  }
}

/**
 * @param {Credential} credential
 * @param {number} at
 */
function isPromising({ state, failure, retryAt }, at) {
  // Only new credentials help, and those come from a person.
  if (state === 'refused' || state === 'sign-in-needed' || state === 'signed-out') return false
  return failure === undefined || state === 'struggling' || (retryAt !== undefined && retryAt <= at)
}
