import { signInWords, vehiclesWords } from './customer-words.js'
import { GatewayFault, get, post } from './gateway-client.js'

/** @typedef {{ content?: unknown[], page?: { totalElements?: number } }} VehiclePage what TRAVIS answers */

/**
 * Signs a customer of TRAVIS in. Resolves to a sentence that says so, and rejects with one that says why not.
 * @param {{ username: string, password: string }} credentials
 */
export async function signIn(credentials) {
  await post('api/auth/sign-in', credentials).catch(error => rethrow(error, signInWords))
  return 'You are signed in.'
}

/** Ends the session, also at TRAVIS. Resolves to a sentence that says so. */
export async function signOut() {
  /** @type {{ isProviderSessionEnded: boolean }} */
  const { isProviderSessionEnded } = await post('api/auth/sign-out')
  const doubt = isProviderSessionEnded ? '' : ' TRAVIS did not confirm that the session there has ended, too.'
  return `You are signed out.${doubt}`
}

/**
 * Asks TRAVIS, through the gateway, for the customer's own vehicles.
 * @param {string} path
 * @param {string} session the sign-in that the page shows: nobody else's vehicles are answered
 * @returns {Promise<import('./gateway-client.js').Records>}
 */
export async function fetchVehicles(path, session) {
  /** @type {VehiclePage} */
  const { content, page } = await get(path, { 'x-evergrant-sign-in': session }).catch(error =>
    rethrow(error, vehiclesWords),
  )
  if (!Array.isArray(content)) throw new Error('TRAVIS answered with something else than a list of vehicles.')
  const total = page?.totalElements
  return { records: content, ...(total !== undefined && { total }) }
}

/**
 * @param {unknown} error
 * @param {(answered: GatewayFault) => string} words
 * @returns {never}
 */
function rethrow(error, words) {
  throw error instanceof GatewayFault ? new Error(words(error)) : error
}
