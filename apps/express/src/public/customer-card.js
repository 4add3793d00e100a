import { CredentialView } from './credential-view.js'
import { element, setText } from './dom.js'
import { get, post } from './gateway-client.js'
import { signInForm } from './sign-in-form.js'
import { customerTable, recordTable } from './tables.js'

/** @typedef {import('./gateway-client.js').CustomerCredential} CustomerCredential */

/** The customer of TRAVIS who signed in from this browser, or the form to become one. */
export class CustomerCard {
  #view = new CredentialView()
  #badge = element('p', { class: 'badge' })
  #heading = element('h3', { id: 'card-customer', tabindex: -1 }, 'TRAVIS customer')
  #outcome = element('p', { class: 'outcome', role: 'status' })
  #body = element('div', { class: 'customer-body' })
  /** Which body is shown: the form, or the records of one customer. */
  #shown = ''
  /** What had the focus is about to go. */
  #movesFocus = false
  element = element(
    'article',
    { class: 'card', 'aria-labelledby': 'card-customer' },
    element('header', {}, this.#heading, this.#badge),
    this.#view.element,
    this.#outcome,
    this.#body,
  )

  /**
   * @param {CustomerCredential} customer
   * @param {number} at
   */
  update(customer, at) {
    const { username, state, isEmulated, examples } = customer
    setText(this.#badge, isEmulated ? 'Emulator' : 'Real API')
    this.#badge.classList.toggle('real', !isEmulated)
    setText(this.#heading, username === undefined ? 'TRAVIS customer' : `TRAVIS as ${username}`)
    this.#view.update(customer, at)
    const isSignedIn = username !== undefined && state !== 'sign-in-needed'
    const wanted = isSignedIn ? `records of ${username}` : 'form'
    // Rebuilt only when something else is to be shown: a poll must not empty a form that somebody fills in.
    if (wanted === this.#shown) return
    this.#shown = wanted
    if (isSignedIn) this.#showRecords()
    else this.#body.replaceChildren(signInForm(examples, credentials => this.#signIn(credentials)))
    if (this.#movesFocus) this.#heading.focus()
    this.#movesFocus = false
  }

  tick() {
    this.#view.tick()
  }

  #showRecords() {
    const records = element('div', { class: 'records' }, element('p', { class: 'quiet' }, 'Asking …'))
    const again = element('button', { type: 'button' }, 'Ask again')
    const leave = element('button', { type: 'button' }, 'Sign out')
    again.addEventListener('click', () => void this.#load(records))
    leave.addEventListener('click', () => void this.#act(() => post('api/customer/sign-out')))
    this.#body.replaceChildren(records, element('p', { class: 'actions' }, again, leave))
    void this.#load(records)
  }

  /** @param {HTMLElement} records */
  async #load(records) {
    try {
      records.replaceChildren(recordTable(customerTable, await get(customerTable.path)))
    } catch (error) {
      records.replaceChildren(element('p', { class: 'failure', role: 'alert' }, reasonOf(error)))
    }
    this.#asked()
  }

  /** @param {{ username: string, password: string }} credentials */
  #signIn(credentials) {
    return this.#act(() => post('api/customer/sign-in', credentials))
  }

  /** @param {() => Promise<{ message: string }>} action */
  async #act(action) {
    setText(this.#outcome, '')
    try {
      setText(this.#outcome, (await action()).message)
      this.#outcome.classList.remove('failure')
      this.#movesFocus = true
    } catch (error) {
      setText(this.#outcome, reasonOf(error))
      this.#outcome.classList.add('failure')
    }
    this.#asked()
  }

  #asked() {
    this.element.dispatchEvent(new CustomEvent('asked', { bubbles: true }))
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : String(error)
}
