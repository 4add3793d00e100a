import { element } from './dom.js'
import { tellingSentence } from './telling-sentence.js'

/** @typedef {import('./gateway-client.js').TokenMessage} TokenMessage */

const path = new URL('timeline/index.js', document.baseURI).href
/** @type {Promise<typeof import('@evergrant/timeline')>} */
const loading = import(path)

/** The life of one access token as a picture. */
export class TimelineView {
  #aheadMs = 0
  element = element('token-timeline', { label: 'Timeline' })

  constructor() {
    // Set before the element is defined, it is taken over then.
    this.element.now = () => Date.now() + this.#aheadMs
    // Without the drawing (it was not built) the page still says how the credential is.
    loading.then(
      library => library.defineTokenTimeline(),
      () => this.element.remove(),
    )
  }

  /** @param {number} at the gateway's clock, in epoch milliseconds */
  setClock(at) {
    this.#aheadMs = at - Date.now()
  }

  /**
   * Draws an event and what `explain()` said after it. Returns what just happened as a sentence; empty: there is no
   * drawing.
   * @param {TokenMessage} message
   */
  async tell(message) {
    const library = await loading.catch(() => undefined)
    if (library === undefined) return ''
    if (message.event !== undefined) this.element.push(message.event)
    this.element.explanation = message.explanation
    return tellingSentence(library, this.element.model, message.explanation)
  }
}
