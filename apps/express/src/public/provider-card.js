import { CredentialView } from './credential-view.js'
import { element, setText } from './dom.js'
import { RecordsView } from './records-view.js'
import { tables } from './tables.js'

/** @typedef {import('./gateway-client.js').ProviderCredential} ProviderCredential */

/** One provider: where it is, how its credential is, and its first records. */
export class ProviderCard {
  #view = new CredentialView()
  #badge = element('p', { class: 'badge' })
  #records
  element

  /** @param {ProviderCredential} credential */
  constructor({ name, title }) {
    const table = tables[name]
    if (table === undefined) throw new Error(`The page has no table for ${name}.`)
    this.#records = new RecordsView(table)
    const id = `card-${name}`
    this.#records.again.ariaLabel = `Ask ${title} again`
    this.element = element(
      'article',
      { class: 'card', 'aria-labelledby': id },
      element('header', {}, element('h3', { id }, title), this.#badge),
      this.#view.element,
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
    setText(this.#badge, credential.isEmulated ? 'Emulator' : 'Real API')
    this.#badge.classList.toggle('real', !credential.isEmulated)
    this.#view.update(credential, at)
    this.#records.askIfDue(credential, at)
  }

  tick() {
    this.#view.tick()
  }

  /** Asks for the first records and shows them, or why there are none. */
  load() {
    return this.#records.ask()
  }
}
