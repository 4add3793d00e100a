import { withIssue } from './commit.ts'
import type { Credential, Intent } from './credential.ts'
import { newId } from './environment.ts'
import { contended, mostConflicts } from './contended.ts'
import { SupersededError } from './errors/superseded-error.ts'
import { withoutEcho } from './exchange-commit.ts'
import type { Issued } from './exchange-commit.ts'
import { grantRequest, judgeFailure, send } from './exchange.ts'
import { rememberFailure } from './failure-record.ts'
import type { Grant } from './grants/grant.ts'
import { tryWrite } from './conditional-write.ts'
import { newRecord } from './new-record.ts'
import { revokeQuietly } from './session-end.ts'
import { standingRefusal } from './step-error.ts'
import type { TokenRequest } from './token-endpoint.ts'
import { hashToken } from './token-record.ts'

/**
 * Obtains a first token with `grant` and starts a new family, whatever stood there. The grant is used once; a refusal
 * leaves an earlier sign-in as it was. Of several sign-ins and sign-outs the one that was started last counts, however
 * late the server answers the others.
 * @throws {AuthorizationServerError} the server refused the credentials or the client
 * @throws {NetworkError} no usable answer
 * @throws {StoreError} the new sign-in could not be saved
 * @throws {SupersededError} somebody signed in or out while the server was asked
 */
export async function signIn(credential: Credential, grant: Grant): Promise<void> {
  const { environment } = credential
  const isConfigured = grant === credential.configured
  const intent = credential.beginIntent()
  const request = await signInRequest(credential, grant)
  await credential.read()
  intent.startedFrom = credential.held?.record
  const refusal = isConfigured ? standingRefusal(credential) : undefined
  if (refusal !== undefined) throw refusal
  environment.emit({ type: 'exchange-started', rung: 'sign-in', because: 'sign-in' })
  const result = await send(environment, request, environment.holdMs)
  if (result.kind !== 'issued') {
    const failure = judgeFailure(credential, result, 're-grant', grant, undefined)
    const { error, kind } = failure
    const { code, message } = error
    environment.emit({ type: 'exchange-failed', rung: 'sign-in', kind, code, message, retryAt: undefined })
    // A configured password that is refused is remembered like any other: tries in a row would lock the account.
    if (isConfigured && kind === 'credentials-rejected') await rememberFailure(credential, '', failure, false)
    throw error
  }
  for (const message of result.warnings) environment.emit({ type: 'warned', message })
  await startFamily(credential, withoutEcho(result, request), intent, isConfigured)
  credential.keepGrant(isConfigured || !grant.outlivesSignIn ? undefined : grant)
  if (isConfigured) credential.hasSucceeded = true
  const { tookMs } = result.timing
  const expiresAt = credential.expiresAt('')
  environment.emit({ type: 'token-obtained', rung: 'sign-in', expiresAt, tookMs, isRotated: false })
  environment.emit({ type: 'signed-in' })
}

async function signInRequest({ environment }: Credential, grant: Grant): Promise<TokenRequest> {
  const { parameters, grantType } = await grantRequest(environment, grant, {})
  const scope: Record<string, string> = { scope: environment.authorization.signInScope ?? '' }
  return { grantType, parameters: { ...parameters, values: { ...scope, ...parameters.values } } }
}

async function startFamily(
  credential: Credential,
  { tokens, timing }: Issued,
  intent: Intent,
  isConfigured: boolean,
): Promise<void> {
  const { environment } = credential
  const refreshHash = tokens.refreshToken === undefined ? undefined : await hashToken(tokens.refreshToken)
  const family = newId(environment.random)
  for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
    await credential.read()
    if (credential.isPassed(intent)) {
      await revokeQuietly(environment, tokens)
      throw passed()
    }
    const generation = credential.held?.record.generation ?? 0
    const ageMs = environment.clock.monotonic() - timing.sentMonotonicAt
    const issue = {
      variant: '',
      tokens,
      refreshHash,
      ageMs,
      because: 'sign-in',
      killsOtherAccessTokens: true,
    } as const
    const first = {
      ...newRecord(credential, family),
      generation,
      ...(!isConfigured && { isPersons: true as const }),
    }
    const record = withIssue(first, issue)
    const written = await tryWrite(credential, record, { issued: { variant: '', timing } }).catch(
      (error: unknown) => unlessLanded(credential, family, error),
    )
    // Written is written, also if somebody has refreshed or signed out since: these tokens are or were in use.
    if (written !== 'conflict') return credential.commitIntent(intent)
  }
  await revokeQuietly(environment, tokens)
  throw contended('Sign in again.')
}

// A store that did not answer may have written: then the sign-in counts. If that cannot be known, nothing is revoked.
async function unlessLanded(credential: Credential, family: string, error: unknown): Promise<'landed'> {
  await credential.read().catch(() => undefined)
  if (credential.held?.record.family === family) return 'landed'
  throw error
}

function passed(): SupersededError {
  return new SupersededError('Somebody signed in or out while this sign-in was under way. Sign in again.')
}
