import { element, setText } from './dom.js'
import { processName } from './process-name.js'
import { timeOfDay } from './time-of-day.js'

/** @typedef {import('./gateway-client.js').SharedCredential} SharedCredential */

/** Which of the processes refreshed a credential last, and how often each of them did. */
export class SharedView {
  #who = element('p', { class: 'refresher' })
  #shown = ''
  #counts = element('dd')
  #requests = element('dd')
  #requestCount = element('div', {}, element('dt', {}, 'Token requests at the emulator'), this.#requests)
  element = element(
    'div',
    { class: 'shared' },
    this.#who,
    element('dl', {}, element('div', {}, element('dt', {}, 'Obtained by'), this.#counts), this.#requestCount),
  )

  /** @param {SharedCredential} shared */
  update(shared) {
    this.#showLast(shared.last)
    setText(this.#counts, shared.processes.map(({ name, obtained }) => `${name} ${obtained}`).join(', '))
    this.#requestCount.hidden = shared.requests === undefined
    setText(this.#requests, String(shared.requests?.sent ?? ''))
  }

  /** @param {SharedCredential['last']} last */
  #showLast(last) {
    const wanted = JSON.stringify(last ?? null)
    if (wanted === this.#shown) return
    this.#shown = wanted
    if (last === undefined) {
      this.#who.replaceChildren('No process has obtained an access token yet.')
      return
    }
    const what = last.rung === 'refresh-token' ? 'Last refreshed by ' : 'Last obtained by '
    const where = `, process ${last.pid}, at ${timeOfDay(last.at)}`
    this.#who.replaceChildren(what, processName(last.process), where)
  }
}
