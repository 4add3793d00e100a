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
 * @typedef {{ sent: number, failed: number }} CountedRequests
 * @typedef {object} SharedCredential
 * @property {{ process: string, pid: number, at: number, rung: string }} [last]
 * @property {{ name: string, obtained: number, adopted: number }[]} processes
 * @property {CountedRequests} [requests]
 *
 * @typedef {Credential & OfProvider & { shared?: SharedCredential }} ProviderCredential
 * @typedef {{ name: string, pid: number, url: string, end?: string, obtained: number, adopted: number }} Process
 * @typedef {{ self: string, isStoreAway: boolean, processes: Process[] }} Cluster
 * @typedef {{ step?: { because?: string }, next?: { at?: number } }} Pause the parts of an explanation that say why it waits
 * @typedef {{ name: string, event?: unknown, explanation: Pause }} TokenMessage
 * @typedef {Credential & { username?: string, session?: string, signInFault?: string, examples: { username: string, password: string }[] }} CustomerCredential
 * @typedef {{ at: number, credentials: ProviderCredential[], customer: CustomerCredential, cluster?: Cluster }} Status
 * @typedef {{ records: unknown[], total?: number }} Records
 *
 * @typedef {object} Answered
 * @property {number | undefined} [status]
 * @property {string | undefined} [code] the gateway's own; absent: the answer is an API's
 * @property {number | undefined} [retryAfterSeconds]
 */

/** What went wrong, in words; and what was answered, if there was an answer. */
export class GatewayFault extends Error {
  /**
   * @param {string} message
   * @param {Answered} [answered]
   */
  constructor(message, { status, code, retryAfterSeconds } = {}) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

// No form and no other site can send this header: it tells the gateway that its own page asks.
const ownPage = { 'x-evergrant': '1' }

/**
 * Asks the gateway; the caller says what it answers.
 * @template Answer
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */
export function get(path, headers) {
  return answer(fetch(path, { headers: { ...ownPage, accept: 'application/json', ...headers } }))
}

/**
 * Makes the gateway do something; the caller says what it answers.
 * @template Answer
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Answer>}
 */
export function post(path, body) {
  const headers = { ...ownPage, 'content-type': 'application/json' }
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
  const { status, headers } = response
  const seconds = headers.get('retry-after')
  throw new GatewayFault(body?.error?.message ?? `The gateway answered ${status}.`, {
    status,
    code: body?.error?.code,
    ...(seconds !== null && { retryAfterSeconds: Number(seconds) }),
  })
}
