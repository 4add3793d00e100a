/**
 * @typedef {import('./gateway-client.js').TokenMessage} TokenMessage
 * @typedef {TokenMessage & { session?: string }} StreamedMessage a customer's message names the sign-in
 */

const reopenMs = 5000

/** The gateway's event streams, in the one tab that listens: of its own credentials, and of the customer's. */
export class TokenStreams {
  #tell
  #onEnded
  #isOpen = false
  /** @type {EventSource | undefined} */
  #own
  /** @type {EventSource | undefined} */
  #customer
  /** @type {Map<string, StreamedMessage>} */
  #latest = new Map()

  /**
   * @param {(message: StreamedMessage) => void} tell
   * @param {() => void} onEnded called when the customer's stream ended
   */
  constructor(tell, onEnded) {
    this.#tell = tell
    this.#onEnded = onEnded
  }

  /** @param {string | undefined} session */
  open(session) {
    this.#isOpen = true
    this.#openOwn()
    this.follow(session)
  }

  close() {
    this.#isOpen = false
    this.#own?.close()
    this.#customer?.close()
    this.#latest.clear()
  }

  /** @param {string | undefined} session the sign-in whose customer is told about */
  follow(session) {
    this.#customer?.close()
    this.#latest.delete('customer')
    if (!this.#isOpen || session === undefined) return
    const source = this.#listen(`api/customer/events/${encodeURIComponent(session)}`, session)
    // It ends with the session. If that goes on, the next look at the state asks for it again.
    source.addEventListener('error', () => {
      source.close()
      if (source === this.#customer) this.#onEnded()
    })
    this.#customer = source
  }

  /** What is known of each credential, for a tab that is new; nothing, if this tab does not listen. */
  latest() {
    return [...this.#latest.values()]
  }

  #openOwn() {
    if (!this.#isOpen) return
    this.#own?.close()
    const source = this.#listen('api/events')
    source.addEventListener('error', () => {
      // The browser connects again by itself, unless the answer was an error.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#openOwn(), reopenMs)
    })
    this.#own = source
  }

  /**
   * @param {string} path
   * @param {string} [session]
   */
  #listen(path, session) {
    const source = new EventSource(path)
    source.addEventListener('token', ({ data }) => {
      /** @type {StreamedMessage} */
      const message = { ...JSON.parse(data), ...(session !== undefined && { session }) }
      const { event: _event, ...standing } = message
      this.#latest.set(message.name, standing)
      this.#tell(message)
    })
    return source
  }
}
