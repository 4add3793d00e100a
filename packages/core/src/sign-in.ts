import { withIssue } from './commit.ts'
import type { Credential } from './credential.ts'
import { newId } from './environment.ts'
import { StoreError } from './errors/store-error.ts'
import { SupersededError } from './errors/superseded-error.ts'
import type { Issued } from './exchange-commit.ts'
import { grantRequest, judgeFailure, send } from './exchange.ts'
import type { Grant } from './grants/grant.ts'
import { compareAndSet, newRecord } from './record-writer.ts'
import { revokeQuietly } from './session-end.ts'
import { hashToken } from './token-record.ts'

const mostConflicts = 5

/**
 * Obtains a first token with `grant` and starts a new family, whatever stood there. The grant is used once; a refusal
 * leaves an earlier sign-in as it was.
 * @throws {AuthorizationServerError} the server refused the credentials or the client
 * @throws {NetworkError} no usable answer
 * @throws {StoreError} the new sign-in could not be saved
 * @throws {SupersededError} somebody signed out while the server was asked
 */
export async function signIn(credential: Credential, grant: Grant): Promise<void> {
  const { environment } = credential
  const { parameters, grantType } = await grantRequest(grant, {})
  const scope: Record<string, string> = { scope: environment.authorization.signInScope ?? '' }
  const request = { grantType, parameters: { ...parameters, values: { ...scope, ...parameters.values } } }
  await credential.read()
  const startedFrom = credential.held?.record.generation ?? 0
  environment.emit({ type: 'exchange-started', rung: 'sign-in', because: 'sign-in' })
  const result = await send(environment, request, environment.holdMs)
  if (result.kind !== 'issued') {
    const { error, kind } = judgeFailure(credential, result, 're-grant', grant, undefined)
    const { code, message } = error
    environment.emit({ type: 'exchange-failed', rung: 'sign-in', kind, code, message, retryAt: undefined })
    throw error
  }
  for (const message of result.warnings) environment.emit({ type: 'warned', message })
  await startFamily(credential, result, startedFrom)
  if (grant.outlivesSignIn) credential.grant = grant
  if (grant === credential.grant) credential.hasSucceeded = true
  const { tookMs } = result.timing
  const expiresAt = credential.expiresAt('')
  environment.emit({ type: 'token-obtained', rung: 'sign-in', expiresAt, tookMs, isRotated: false })
  environment.emit({ type: 'signed-in' })
}

async function startFamily(
  credential: Credential,
  { tokens, timing }: Issued,
  startedFrom: number,
): Promise<void> {
  const { clock, random } = credential.environment
  const refreshHash = tokens.refreshToken === undefined ? undefined : await hashToken(tokens.refreshToken)
  const family = newId(random)
  for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
    await credential.read()
    const current = credential.held?.record
    const generation = current?.generation ?? 0
    if (current?.signedOut && generation > startedFrom) {
      await revokeQuietly(credential.environment, tokens)
      throw new SupersededError('Somebody signed out while this sign-in was under way. Sign in again.')
    }
    const ageMs = clock.monotonic() - timing.sentMonotonicAt
    const issue = {
      variant: '',
      tokens,
      refreshHash,
      ageMs,
      because: 'sign-in',
      killsOtherAccessTokens: true,
    } as const
    const record = withIssue({ ...newRecord(credential), family, generation }, issue)
    if (await compareAndSet(credential, record, { variant: '', timing })) return
  }
  throw new StoreError('The token record is written by others all the time. Sign in again.')
}
