import { element, setText } from './dom.js'
import { processName } from './process-name.js'

/** @typedef {import('./gateway-client.js').Process} Process */

/** One of the processes: whether it runs, where its page is, and what it did. */
export class ProcessItem {
  #state = element('strong', { class: 'process-state' })
  #link
  #where = element('p', { class: 'quiet' })
  #counts = element('p', { class: 'quiet' })
  element

  /**
   * @param {Process} process
   * @param {string} self the process that this page is of
   */
  constructor({ name, url }, self) {
    this.#link =
      name === self
        ? element('span', {}, 'This page')
        : element('a', { href: url, 'aria-label': `Open page: gateway ${name}` }, 'Open page')
    const line = element('p', { class: 'process-line' }, processName(name), this.#state, this.#link)
    this.element = element('li', {}, line, this.#where, this.#counts)
  }

  /** @param {Process} process */
  update({ pid, url, end, obtained, adopted }) {
    this.element.classList.toggle('ended', end !== undefined)
    setText(this.#state, end === undefined ? 'Running' : `Has ended: ${end}`)
    this.#link.hidden = end !== undefined
    setText(this.#where, `Process ${pid}, port ${new URL(url).port}`)
    setText(this.#counts, `Obtained ${obtained}, took over ${adopted}`)
  }
}
