/** @typedef {import('./gateway-client.js').TokenMessage} TokenMessage */

/**
 * Calls `tell` with everything that happens, as it happens. The browser connects again by itself; while it does, the
 * page's own polling shows how the credentials are.
 * @param {(message: TokenMessage) => void} tell
 */
export function listen(tell) {
  const source = new EventSource('api/events')
  source.addEventListener('token', ({ data }) => tell(JSON.parse(data)))
}
