import { TokenStreams } from './token-streams.js'

/**
 * @typedef {import('./token-streams.js').StreamedMessage} StreamedMessage
 * @typedef {{ message: StreamedMessage } | { isNew: true }} Note what one tab says to the others
 */

const name = 'evergrant-events'

/**
 * Tells what happens, as it happens, in every visible tab of the page. Only one of them listens and passes it on: a
 * browser opens six connections to a host, and a stream holds one for as long as it is open. A lock elects that tab; the
 * next one gets it when the first is closed or hidden. Where the browser lacks one of the two, nothing is told: the
 * page's polling shows how the credentials are.
 */
export class LiveEvents {
  #tell
  #streams
  /** @type {string | undefined} */
  #session
  /** @type {BroadcastChannel | undefined} */
  #channel
  /** Ends this tab's part. @type {AbortController | undefined} */
  #leaving

  /**
   * @param {(message: StreamedMessage) => void} tell
   * @param {() => void} onEnded called when the customer's stream ended: perhaps the session has
   */
  constructor(tell, onEnded) {
    this.#tell = tell
    this.#streams = new TokenStreams(message => {
      tell(message)
      this.#say({ message })
    }, onEnded)
  }

  /** Returns false where the browser cannot do it: nothing will be told. */
  start() {
    if (!('locks' in navigator) || !('BroadcastChannel' in globalThis)) return false
    this.#channel = new BroadcastChannel(name)
    this.#channel.addEventListener('message', ({ data }) => this.#hear(data))
    document.addEventListener('visibilitychange', () => this.#followVisibility())
    this.#followVisibility()
    return true
  }

  /** @param {string | undefined} session the sign-in of this browser's customer; undefined: nobody is signed in */
  follow(session) {
    if (session === this.#session) return
    this.#session = session
    this.#streams.follow(session)
    if (session !== undefined) this.#say({ isNew: true })
  }

  #followVisibility() {
    if (document.hidden) {
      this.#leaving?.abort()
      this.#leaving = undefined
    } else if (this.#leaving === undefined) {
      this.#leaving = new AbortController()
      this.#stand(this.#leaving.signal)
      this.#say({ isNew: true })
    }
  }

  /** @param {AbortSignal} signal */
  #stand(signal) {
    // It rejects when this tab leaves before its turn.
    navigator.locks.request(name, { signal }, () => this.#lead(signal)).catch(() => {})
  }

  /**
   * Listens until this tab leaves.
   * @param {AbortSignal} signal
   */
  async #lead(signal) {
    if (signal.aborted) return
    this.#streams.open(this.#session)
    await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
    this.#streams.close()
  }

  /** @param {Note} note */
  #hear(note) {
    if ('message' in note) this.#tell(note.message)
    else for (const message of this.#streams.latest()) this.#say({ message })
  }

  /** @param {Note} note */
  #say(note) {
    this.#channel?.postMessage(note)
  }
}
