import { isBoolean, isObject, numberFrom, oneOf, positiveNumber, problemsOf } from '../faults/members.ts'
import type { MemberCheck, Shape } from '../faults/members.ts'
import type { ProviderName } from '../provider-name.ts'

const rotation: MemberCheck = value => {
  const isName = value === 'off' || value === 'on' || value === 'reuse-detection'
  if (isName || (isObject(value) && problemsOf(value, grace, ['graceMs']).length === 0)) return undefined
  return 'must be "off", "on", "reuse-detection" or {"graceMs": <milliseconds>}'
}

const grace: Shape = { graceMs: numberFrom(0, Infinity) }

const keycloak: Shape = {
  rotation,
  refreshExpiresIn: oneOf('real', 'zero'),
  sessionIdleMs: positiveNumber,
  pkce: oneOf('optional', 'required'),
}

const shapes: Readonly<Record<ProviderName, Shape>> = {
  travis: keycloak,
  truphone: keycloak,
  trafficstars: { includeRefreshToken: isBoolean, rotation },
  'team-server': { rotation, returnsSameToken: isBoolean, revokeAccessTokenOnRefresh: isBoolean },
  iris: { basicEncoding: oneOf('rfc', 'raw') },
}

/** @throws {TypeError} these are no habits of the provider; the message names every member that is wrong */
export function checkHabits(provider: ProviderName, habits: object): void {
  const problems = problemsOf({ ...habits }, shapes[provider])
  if (problems.length > 0) throw new TypeError(`These are no habits of ${provider}: ${problems.join('; ')}.`)
}
