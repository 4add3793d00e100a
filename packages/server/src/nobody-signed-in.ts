import { ReauthorizationRequiredError } from '@evergrant/core/source'

/** What clients are told where nobody is signed in. */
export const nobodySignedInMessage = 'Nobody is signed in. Sign in first.'

/** The error of a request of nobody. Its cause is for whoever develops: it stays on the server. */
export function nobodySignedInError(cause?: Error): ReauthorizationRequiredError {
  return new ReauthorizationRequiredError(nobodySignedInMessage, { reason: 'never-signed-in', cause })
}
