/** @typedef {import('./gateway-client.js').Answered & { message: string }} Fault */

/**
 * Says why a sign-in failed, and what helps.
 * @param {Fault} fault
 */
export function signInWords({ status, message, retryAfterSeconds }) {
  const again = retryAfterSeconds === undefined ? 'later' : `in ${duration(retryAfterSeconds)}`
  if (status === 401) return 'TRAVIS does not accept this user name and password.'
  if (status === 429) return `Too many wrong tries to sign in. Try again ${again}.`
  if (status === 502) return 'TRAVIS refuses this gateway, so nobody can sign in.'
  if (status === 503) return `TRAVIS is not available at the moment. Try again ${again}.`
  return message
}

/**
 * Says why there are no vehicles. Only the gateway's own 401 means that the session has ended: one of the API is about
 * the request.
 * @param {Fault} fault
 */
export function vehiclesWords({ status, code, message }) {
  if (code === 'reauthorization_required') return 'The session has ended. Please sign in again.'
  if (code === 'session_changed') return 'Somebody else has signed in from this browser.'
  // What has a code is the gateway's own sentence.
  if (code !== undefined || status === undefined) return message
  if (status === 401) return 'TRAVIS answered 401: it refused the access token. You are still signed in.'
  return `TRAVIS answered ${status}.${status === 403 ? ' This customer may not see vehicles.' : ''}`
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds <= 90) return seconds === 1 ? '1 second' : `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
