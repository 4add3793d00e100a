import { AutomaticRetry } from './automatic-retry.js'
import { element, setText } from './dom.js'
import { get } from './gateway-client.js'
import { recordTable } from './tables.js'

/** @typedef {import('./gateway-client.js').Credential} Credential */
/** @typedef {import('./tables.js').Table} Table */

/** The first records of one API, or why there are none, and the button to ask again. */
export class RecordsView {
  #table
  #fetch
  #retry = new AutomaticRetry()
  #isAsking = false
  #asksOnceMore = false
  #failure = element('p', { class: 'failure', role: 'alert' })
  element = element('div', { class: 'records' }, element('p', { class: 'quiet' }, 'Asking …'))
  again = element('button', { type: 'button' }, 'Ask again')

  /**
   * @param {Table} table
   * @param {() => Promise<import('./gateway-client.js').Records>} [fetchRecords] Default: asks the gateway for the table's path
   */
  constructor(table, fetchRecords = () => get(table.path)) {
    this.#table = table
    this.#fetch = fetchRecords
    this.again.addEventListener('click', () => void this.ask())
  }

  /** Asks and shows the answer; does nothing while an answer is awaited. */
  async ask() {
    if (this.#isAsking) return
    this.#setAsking(true)
    try {
      this.element.replaceChildren(recordTable(this.#table, await this.#fetch()))
      this.#retry.succeeded()
    } catch (error) {
      this.#retry.failed()
      this.#showFailure(error instanceof Error ? error.message : String(error))
    }
    this.#setAsking(false)
    this.element.dispatchEvent(new CustomEvent('asked', { bubbles: true }))
    if (this.#asksOnceMore) await this.askAnew()
  }

  /** Asks because something has changed: an answer that is awaited already may be about what was before. */
  async askAnew() {
    this.#asksOnceMore = this.#isAsking
    this.#retry.succeeded()
    await this.ask()
  }

  /**
   * Asks again by itself after a failure, where the credential gives hope.
   * @param {Credential} credential
   * @param {number} at
   */
  askIfDue(credential, at) {
    if (this.#retry.isDue(credential, at)) void this.ask()
  }

  /** @param {string} reason */
  #showFailure(reason) {
    // The same reason again is no news: screen readers hear it once.
    if (!this.#failure.isConnected) this.element.replaceChildren(this.#failure)
    setText(this.#failure, reason)
  }

  // Not `disabled`: the button would lose the focus of whoever pressed it.
  /** @param {boolean} isAsking */
  #setAsking(isAsking) {
    this.#isAsking = isAsking
    this.again.ariaDisabled = String(isAsking)
    this.element.ariaBusy = String(isAsking)
  }
}
