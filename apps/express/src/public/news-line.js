import { setText } from './dom.js'
import { timeOfDay } from './time-of-day.js'

/** The line that tells what happened last, to whichever credential. */
export class NewsLine {
  #line
  #isListening = false

  /** @param {Element} line */
  constructor(line) {
    this.#line = line
    setText(line, 'Connecting to the events …')
  }

  /** From now on events come; what went before is not among them. Says so once: later news stay. */
  listens() {
    if (this.#isListening) return
    this.#isListening = true
    setText(this.#line, `Listening since ${timeOfDay(Date.now())}; nothing has happened since then.`)
  }

  /** No event will ever come. */
  cannotListen() {
    setText(this.#line, 'This browser cannot share events between tabs: the cards ask every few seconds.')
  }

  /**
   * @param {string} title
   * @param {string} sentence what just happened; empty: nobody can say
   */
  tell(title, sentence) {
    this.#isListening = true
    setText(this.#line, `${title}: ${sentence || 'Something has happened. Its card shows what holds now.'}`)
  }
}
