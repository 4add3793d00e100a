import { element, setText } from './dom.js'
import { dayAndTime, timeOfDay } from './time-of-day.js'

/** @typedef {import('./gateway-client.js').Credential} Credential */

/** @type {Record<string, string>} */
const labels = {
  unused: 'Not used yet',
  fresh: 'Fresh',
  renewing: 'Due for renewal',
  rejected: 'Access token refused',
  struggling: 'In use, renewal fails',
  failing: 'No access token',
  refused: 'Refused',
  'sign-in-needed': 'Sign-in needed',
  'signed-out': 'Nobody signed in',
}

/** How one credential is: state, sentence, and how long its access token lives on. */
export class CredentialView {
  #state = element('strong', { class: 'state' })
  #message = element('span')
  #wait = element('span', { class: 'wait' })
  #failure = element('p', { class: 'failure', hidden: true })
  #expiry = element('dd')
  #requests = element('dd')
  #requestCount = element('div', {}, element('dt', {}, 'Token requests'), this.#requests)
  #counts = element('div', { hidden: true }, element('dt', {}, 'Refreshes, re-grants'))
  #count = element('dd')
  #bar = element('span', { class: 'life-left' })
  /** @type {Credential | undefined} */
  #credential
  #aheadMs = 0
  element = element(
    'div',
    { class: 'credential' },
    element('p', { class: 'state-line' }, this.#state),
    element('p', { class: 'explanation' }, this.#message, ' ', this.#wait),
    this.#failure,
    element('div', { class: 'life', 'aria-hidden': 'true' }, this.#bar),
    element(
      'dl',
      {},
      element('div', {}, element('dt', {}, 'Access token'), this.#expiry),
      this.#counts,
      this.#requestCount,
    ),
  )

  /**
   * @param {Credential} credential
   * @param {number} at the gateway's clock, in epoch milliseconds
   */
  update(credential, at) {
    this.#credential = credential
    this.#aheadMs = at - Date.now()
    this.element.dataset['state'] = credential.state
    setText(this.#state, labels[credential.state] ?? credential.state)
    setText(this.#message, credential.message)
    setText(this.#failure, credential.failure ?? '')
    this.#failure.hidden = credential.failure === undefined
    this.#requestCount.hidden = credential.tokenRequests === undefined
    setText(this.#requests, String(credential.tokenRequests ?? ''))
    this.tick()
  }

  /**
   * Shows how often the access token was renewed, and how.
   * @param {import('./gateway-client.js').OfProvider} counts
   */
  count({ refreshes, regrants }) {
    if (!this.#count.isConnected) this.#counts.append(this.#count)
    this.#counts.hidden = false
    setText(this.#count, `${refreshes}, ${regrants}`)
  }

  /** For a credential whose requests are counted elsewhere. */
  hideCounts() {
    this.#counts.hidden = true
    this.#requestCount.hidden = true
  }

  /** Counts down between two polls. */
  tick() {
    const { expiresAt, lifetimeMs, isRejected, retryAt, state } = this.#credential ?? {}
    const at = Date.now() + this.#aheadMs
    setText(this.#wait, retryAt === undefined ? '' : nextTry(retryAt - at))
    const leftMs = expiresAt === undefined || isRejected ? 0 : expiresAt - at
    const share = lifetimeMs === undefined ? 0 : Math.min(1, Math.max(0, leftMs / lifetimeMs))
    this.#bar.style.inlineSize = `${(share * 100).toFixed(1)}%`
    const isHeld = state !== 'unused' && state !== 'signed-out' && expiresAt !== undefined
    setText(
      this.#expiry,
      !isHeld ? 'none held' : isRejected ? 'refused by the API' : expiry(expiresAt, leftMs),
    )
  }
}

/**
 * @param {number} expiresAt
 * @param {number} leftMs
 */
function expiry(expiresAt, leftMs) {
  const time = leftMs > 43_200_000 ? dayAndTime(expiresAt) : timeOfDay(expiresAt)
  return leftMs > 0 ? `expires ${time}, in ${duration(leftMs)}` : `expired ${time}`
}

/** @param {number} leftMs */
function nextTry(leftMs) {
  return leftMs > 0 ? `Next try in ${duration(Math.max(1000, leftMs))}.` : 'The next request tries again.'
}

/** @param {number} ms */
function duration(ms) {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
