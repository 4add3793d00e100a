import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** Why a person is needed. `response-lost`: an answer that may have held a new refresh token never arrived. */
export type ReauthorizationReason =
  'never-signed-in' | 'signed-out' | 'refresh-token-refused' | 'response-lost' | 'no-refresh-token'

/** Nothing that Evergrant holds leads to a new access token: somebody has to sign in. Sticky until they do. */
export class ReauthorizationRequiredError extends EvergrantError {
  override readonly name = 'ReauthorizationRequiredError'
  readonly reason: ReauthorizationReason

  constructor(message: string, options: { reason: ReauthorizationReason; cause?: unknown }) {
    super(message, { code: 'reauthorization_required', cause: options.cause })
    this.reason = options.reason
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), reason: this.reason }
  }
}

/** Tells whether `value` is a {@link ReauthorizationRequiredError}, across bundles and realms. */
export function isReauthorizationRequiredError(value: unknown): value is ReauthorizationRequiredError {
  return isErrorNamed(value, 'ReauthorizationRequiredError')
}
