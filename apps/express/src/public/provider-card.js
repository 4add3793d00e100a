import { CredentialView } from './credential-view.js'
import { element, setText } from './dom.js'
import { FaultButtons } from './fault-buttons.js'
import { RecordsView } from './records-view.js'
import { SharedView } from './shared-view.js'
import { tables } from './tables.js'
import { TimelineView } from './timeline-view.js'

/** @typedef {import('./gateway-client.js').ProviderCredential} ProviderCredential */

/** One provider: where it is, how its credential is, and its first records. */
export class ProviderCard {
  #view = new CredentialView()
  #badge = element('p', { class: 'badge' })
  #shared = new SharedView()
  #timeline = new TimelineView()
  #faults
  #records
  /** @type {ProviderCredential | undefined} */
  #credential
  #aheadMs = 0
  element

  /** @param {ProviderCredential} credential */
  constructor({ name, title }) {
    const table = tables[name]
    if (table === undefined) throw new Error(`The page has no table for ${name}.`)
    this.#records = new RecordsView(table)
    this.#faults = new FaultButtons(name, title, () => void this.#records.askAnew())
    const id = `card-${name}`
    this.#records.again.ariaLabel = `Ask again: ${title}`
    this.element = element(
      'article',
      { class: 'card', 'aria-labelledby': id },
      element('header', {}, element('h3', { id }, title), this.#badge),
      this.#view.element,
      this.#timeline.element,
      this.#faults.element,
      this.#records.element,
      element(
        'p',
        { class: 'actions' },
        this.#records.again,
        element('a', { href: table.path, 'aria-label': `${title} as JSON` }, 'JSON'),
      ),
    )
  }

  /**
   * @param {ProviderCredential} credential
   * @param {number} at
   */
  update(credential, at) {
    this.#credential = credential
    this.#aheadMs = at - Date.now()
    setText(this.#badge, credential.isEmulated ? 'Emulator' : 'Real API')
    this.#badge.classList.toggle('real', !credential.isEmulated)
    this.#view.update(credential, at)
    this.#showCounts(credential)
    this.#faults.show(credential.faults)
    this.#timeline.setClock(at)
    this.#records.askIfDue(credential, at)
  }

  /** @param {ProviderCredential} credential */
  #showCounts(credential) {
    if (credential.shared === undefined) {
      this.#view.count(credential)
      return
    }
    // This process's own counts are half of the truth where another one refreshes, too.
    this.#view.hideCounts()
    if (!this.#shared.element.isConnected) this.#view.element.after(this.#shared.element)
    this.#shared.update(credential.shared)
  }

  /**
   * Draws what just happened. Returns it as a sentence; empty: it cannot be said.
   * @param {import('./gateway-client.js').TokenMessage} message
   */
  tell(message) {
    return this.#timeline.tell(message)
  }

  /** Counts down, and asks again as soon as a pause is over: the next poll may be seconds away. */
  tick() {
    this.#view.tick()
    if (this.#credential === undefined || document.hidden) return
    this.#records.askIfDue(this.#credential, Date.now() + this.#aheadMs)
  }

  /** Asks for the first records and shows them, or why there are none. */
  load() {
    return this.#records.ask()
  }
}
