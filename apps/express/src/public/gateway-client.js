/**
 * @typedef {object} Credential
 * @property {string} state
 * @property {string} message
 * @property {number} [expiresAt]
 * @property {number} [lifetimeMs]
 * @property {boolean} [isRejected]
 * @property {string} [failure]
 * @property {number} [retryAt]
 * @property {number} [tokenRequests]
 * @property {boolean} isEmulated
 *
 * @typedef {{ name: string, title: string, refreshes: number, regrants: number, faults: string[] }} OfProvider
 * @typedef {Credential & OfProvider} ProviderCredential
 * @typedef {{ step?: { because?: string }, next?: { at?: number } }} Pause the parts of an explanation that say why it waits
 * @typedef {{ name: string, event?: unknown, explanation: Pause }} TokenMessage
 * @typedef {Credential & { username?: string, session?: string, examples: { username: string, password: string }[] }} CustomerCredential
 * @typedef {{ at: number, credentials: ProviderCredential[], customer: CustomerCredential }} Status
 * @typedef {{ records: unknown[], total?: number }} Records
 */

/** The gateway's own word for what went wrong. */
export class GatewayFault extends Error {}

/**
 * Asks the gateway; the caller says what it answers.
 * @template Answer
 * @param {string} path
 * @returns {Promise<Answer>}
 */
export function get(path) {
  return answer(fetch(path, { headers: { accept: 'application/json' } }))
}

/**
 * Makes the gateway do something.
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<{ message: string }>}
 */
export function post(path, body) {
  // No form and no other site can send this header: it tells the gateway that its own page asks.
  const headers = { 'content-type': 'application/json', 'x-evergrant-gateway': '1' }
  return answer(fetch(path, { method: 'POST', headers, body: JSON.stringify(body ?? {}) }))
}

/**
 * @template Answer
 * @param {Promise<Response>} sent
 * @returns {Promise<Answer>}
 */
async function answer(sent) {
  const response = await sent.catch(() => {
    throw new GatewayFault('The gateway does not answer. Is it still running?')
  })
  const body = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body
  throw new GatewayFault(body?.error?.message ?? `The gateway answered ${response.status}.`)
}
