import { CredentialView } from './credential-view.js'
import { fetchVehicles, signIn, signOut } from './customer-client.js'
import { element, setText } from './dom.js'
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
  /** What the developer who runs the gateway can do about a sign-in that failed. */
  #advice = element('p', { class: 'outcome failure', role: 'status' })
  #wantsAdvice = false
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
    this.#advice,
    this.#body,
  )

  /**
   * @param {CustomerCredential} customer
   * @param {number} at
   */
  update(customer, at) {
    const { username, session, isEmulated, examples, signInFault } = customer
    setText(this.#badge, isEmulated ? 'Emulator' : 'Real API')
    this.#badge.classList.toggle('real', !isEmulated)
    this.#showName(username === undefined ? 'TRAVIS customer' : `TRAVIS as ${username}`)
    this.#view.update(customer, at)
    this.#showTimeline(session)
    this.#timeline?.setClock(at)
    const wanted = session === undefined ? 'form' : `records of ${username}, ${session}`
    setText(this.#advice, (this.#wantsAdvice && signInFault) || '')
    // Rebuilt only when something else is to be shown: a poll must not empty a form that somebody fills in.
    if (wanted === this.#shown) {
      this.#records?.askIfDue(customer, at)
      return
    }
    const isOver = this.#records !== undefined && session === undefined
    this.#shown = wanted
    if (session !== undefined) this.#showRecords(session)
    else this.#showForm(examples)
    // Another tab did it, or TRAVIS, or a restart: what this tab's last press led to is no longer true.
    if (!this.#movesFocus) this.#say(isOver ? 'The session has ended. Please sign in again.' : '')
    if (this.#movesFocus) this.#heading.focus()
    this.#movesFocus = false
  }

  tick() {
    this.#view.tick()
  }

  /** @param {string} name */
  #showName(name) {
    if (this.#heading.textContent === name) return
    // An address is one long word: on a phone it breaks behind its @ sooner than before its last letter.
    const parts = name.split(/(?<=@)/).flatMap(part => [element('wbr'), part])
    this.#heading.replaceChildren(...parts)
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

  /** @param {string} session */
  #showRecords(session) {
    const records = new RecordsView(customerTable, () => fetchVehicles(customerTable.path, session))
    const leave = element('button', { type: 'button' }, 'Sign out')
    leave.addEventListener('click', () => void this.#act(signOut))
    this.#body.replaceChildren(records.element, element('p', { class: 'actions' }, records.again, leave))
    this.#records = records
    void records.ask()
  }

  /** @param {CustomerCredential['examples']} examples */
  #showForm(examples) {
    this.#records = undefined
    this.#body.replaceChildren(
      signInForm(examples, credentials => this.#act(() => signIn(credentials), true)),
    )
  }

  /**
   * @param {() => Promise<string>} action says what it did, or throws what went wrong
   * @param {boolean} [isSignIn] the gateway knows more about why that failed
   */
  async #act(action, isSignIn = false) {
    this.#say('')
    this.#wantsAdvice = false
    setText(this.#advice, '')
    // Already now: the state may be known before the answer is.
    this.#movesFocus = true
    try {
      this.#say(await action())
    } catch (error) {
      this.#movesFocus = false
      this.#say(reasonOf(error), 'failure')
      this.#wantsAdvice = isSignIn
    }
    this.element.dispatchEvent(new CustomEvent('asked', { bubbles: true }))
  }

  /**
   * @param {string} text
   * @param {'failure'} [kind]
   */
  #say(text, kind) {
    setText(this.#outcome, text)
    this.#outcome.classList.toggle('failure', kind === 'failure')
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : String(error)
}
