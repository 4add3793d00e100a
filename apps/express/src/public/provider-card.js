import { CredentialView } from './credential-view.js'
import { element, setText } from './dom.js'
import { get } from './gateway-client.js'
import { recordTable, tables } from './tables.js'

/** @typedef {import('./gateway-client.js').ProviderCredential} ProviderCredential */

/** One provider: where it is, how its credential is, and its first records. */
export class ProviderCard {
  #view = new CredentialView()
  #badge = element('p', { class: 'badge' })
  #records = element('div', { class: 'records' }, element('p', { class: 'quiet' }, 'Asking …'))
  #again = element('button', { type: 'button' }, 'Ask again')
  #table
  element

  /** @param {ProviderCredential} credential */
  constructor({ name, title }) {
    const table = tables[name]
    if (table === undefined) throw new Error(`The page has no table for ${name}.`)
    this.#table = table
    const id = `card-${name}`
    this.#again.setAttribute('aria-label', `Ask ${title} again`)
    this.#again.addEventListener('click', () => void this.load())
    this.element = element(
      'article',
      { class: 'card', 'aria-labelledby': id },
      element('header', {}, element('h3', { id }, title), this.#badge),
      this.#view.element,
      this.#records,
      element(
        'p',
        { class: 'actions' },
        this.#again,
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
  }

  tick() {
    this.#view.tick()
  }

  /** Asks for the first records and shows them, or why there are none. */
  async load() {
    this.#again.disabled = true
    this.#records.setAttribute('aria-busy', 'true')
    try {
      this.#records.replaceChildren(recordTable(this.#table, await get(this.#table.path)))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#records.replaceChildren(element('p', { class: 'failure', role: 'alert' }, reason))
    } finally {
      this.#again.disabled = false
      this.#records.removeAttribute('aria-busy')
      this.element.dispatchEvent(new CustomEvent('asked', { bubbles: true }))
    }
  }
}
