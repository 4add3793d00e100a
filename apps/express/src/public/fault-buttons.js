import { element, setText } from './dom.js'
import { post } from './gateway-client.js'

/** @type {Record<string, string>} */
const labels = {
  expire: 'Expire now',
  refuse: 'Refuse the token',
  'revoke-refresh-token': 'Revoke the refresh token',
  'server-error': 'Server error for 30 s',
  slow: 'Slow server',
}

/** Buttons that break one emulated provider, and the sentence that says what was done. */
export class FaultButtons {
  #name
  #afterwards
  #buttons = element('div', { class: 'fault-buttons' })
  #outcome = element('p', { class: 'outcome quiet', role: 'status' })
  #shown = ''
  element

  /**
   * @param {string} name
   * @param {string} title
   * @param {() => void} afterwards called when something was broken, to show the effect
   */
  constructor(name, title, afterwards) {
    this.#name = name
    this.#afterwards = afterwards
    this.#buttons.role = 'group'
    this.#buttons.ariaLabel = `Break ${title}`
    this.element = element(
      'details',
      { class: 'faults', hidden: true },
      element('summary', {}, 'Break it and watch'),
      this.#buttons,
      this.#outcome,
    )
  }

  /** @param {string[]} faults what can be done to this provider */
  show(faults) {
    if (faults.join() === this.#shown) return
    this.#shown = faults.join()
    this.element.hidden = faults.length === 0
    this.#buttons.replaceChildren(...faults.map(fault => this.#button(fault)))
  }

  /** @param {string} fault */
  #button(fault) {
    const button = element('button', { type: 'button', class: 'chip' }, labels[fault] ?? fault)
    button.addEventListener('click', () => void this.#apply(fault))
    return button
  }

  /** @param {string} fault */
  async #apply(fault) {
    try {
      const { message } = await post(`api/break/${this.#name}/${fault}`)
      setText(this.#outcome, message)
      this.#afterwards()
    } catch (error) {
      setText(this.#outcome, error instanceof Error ? error.message : String(error))
    }
  }
}
