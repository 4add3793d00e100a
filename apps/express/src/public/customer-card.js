import { CredentialView } from './credential-view.js'
import { element, setText } from './dom.js'
import { post } from './gateway-client.js'
import { RecordsView } from './records-view.js'
import { signInForm } from './sign-in-form.js'
import { customerTable } from './tables.js'
import { TimelineView } from './timeline-view.js'

/** @typedef {import('./gateway-client.js').CustomerCredential} CustomerCredential */

/** The customer of TRAVIS who signed in from this browser, or the form to become one. */
export class CustomerCard {
  #view = new CredentialView()
  #badge = element('p', { class: 'badge' })
  #heading = element('h3', { id: 'card-customer', tabindex: -1 }, 'TRAVIS customer')
  #outcome = element('p', { class: 'outcome', role: 'status' })
  #body = element('div', { class: 'customer-body' })
  /** @type {RecordsView | undefined} */
  #records
  /** Which body is shown: the form, or the records of one customer. */
  #shown = ''
  /** The sign-in that is shown. @type {string | undefined} */
  #session
  /** @type {TimelineView | undefined} */
  #timeline
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
    const { username, session, state, isEmulated, examples } = customer
    setText(this.#badge, isEmulated ? 'Emulator' : 'Real API')
    this.#badge.classList.toggle('real', !isEmulated)
    setText(this.#heading, username === undefined ? 'TRAVIS customer' : `TRAVIS as ${username}`)
    this.#view.update(customer, at)
    this.#showTimeline(session)
    this.#timeline?.setClock(at)
    const isSignedIn = username !== undefined && state !== 'sign-in-needed'
    const wanted = isSignedIn ? `records of ${username}, ${session}` : 'form'
    // Rebuilt only when something else is to be shown: a poll must not empty a form that somebody fills in.
    if (wanted === this.#shown) {
      this.#records?.askIfDue(customer, at)
      return
    }
    this.#shown = wanted
    if (isSignedIn) this.#showRecords()
    else this.#showForm(examples)
    if (this.#movesFocus) this.#heading.focus()
    this.#movesFocus = false
  }

  tick() {
    this.#view.tick()
  }

  /**
   * Draws what just happened to the tokens of the sign-in that is shown, and of no other.
   * @param {import('./token-streams.js').StreamedMessage} message
   */
  async tell(message) {
    return message.session === this.#session ? ((await this.#timeline?.tell(message)) ?? '') : ''
  }

  // Each sign-in has a drawing of its own: nobody sees what happened to somebody else.
  /** @param {string | undefined} session */
  #showTimeline(session) {
    if (session === this.#session) return
    this.#session = session
    this.#timeline?.element.remove()
    this.#timeline = session === undefined ? undefined : new TimelineView()
    if (this.#timeline !== undefined) this.#view.element.after(this.#timeline.element)
  }

  #showRecords() {
    const records = new RecordsView(customerTable)
    const leave = element('button', { type: 'button' }, 'Sign out')
    leave.addEventListener('click', () => void this.#act(() => post('api/customer/sign-out')))
    this.#body.replaceChildren(records.element, element('p', { class: 'actions' }, records.again, leave))
    this.#records = records
    void records.ask()
  }

  /** @param {CustomerCredential['examples']} examples */
  #showForm(examples) {
    this.#records = undefined
    this.#body.replaceChildren(signInForm(examples, credentials => this.#signIn(credentials)))
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
    this.element.dispatchEvent(new CustomEvent('asked', { bubbles: true }))
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : String(error)
}
