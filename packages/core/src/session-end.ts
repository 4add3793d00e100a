import {
  allowInsecureRequests,
  customFetch,
  processRevocationResponse,
  revocationRequest,
} from 'oauth4webapi'
import type { Environment } from './environment.ts'
import type { EvergrantError } from './errors/evergrant-error.ts'
import { NetworkError } from './errors/network-error.ts'
import { networkFailure } from './network-failure.ts'
import { showEndpoint } from './redact.ts'

/** The tokens of a session that ends. */
export interface EndingTokens {
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | undefined
}

/** How a sign-out ended at the provider. Here it always ended: nothing is held any more. */
export interface SignOutResult {
  /** Whether the provider confirmed; false also where it offers no way. */
  readonly isSessionEnded: boolean
  /** Why it did not confirm. */
  readonly error?: EvergrantError | undefined
}

/**
 * Ends the session the provider's way: its own endpoint, or revocation of the refresh token. Never throws.
 * @see RFC 7009
 */
export async function endSession(environment: Environment, tokens: EndingTokens): Promise<SignOutResult> {
  const { server } = environment.authorization
  const endpoint = server.sessionEnd?.url ?? server.revocationEndpoint
  if (endpoint === undefined) return { isSessionEnded: false }
  try {
    const response = await withDeadline(environment, signal => ask(environment, tokens, signal))
    if (response === undefined) return { isSessionEnded: false }
    if (response.ok) return { isSessionEnded: true }
    const message = `${showEndpoint(endpoint)} answered ${response.status}: the provider may still hold the session.`
    const { status } = response
    return {
      isSessionEnded: false,
      error: new NetworkError(message, { code: 'server_unavailable', status, wasSent: true }),
    }
  } catch (error) {
    return { isSessionEnded: false, error: networkFailure(error, showEndpoint(endpoint), false) }
  }
}

/** Gives back tokens that nobody may use any more, as far as the server lets us. Never throws. */
export async function revokeQuietly(environment: Environment, tokens: EndingTokens): Promise<void> {
  const token = tokens.refreshToken ?? tokens.accessToken
  if (environment.authorization.server.revocationEndpoint === undefined || token === undefined) return
  await withDeadline(environment, signal => revoke(environment, token, signal)).catch(() => undefined)
}

async function ask(
  environment: Environment,
  { accessToken, refreshToken }: EndingTokens,
  signal: AbortSignal,
): Promise<Response | undefined> {
  const { sessionEnd } = environment.authorization.server
  if (sessionEnd?.presents === 'access-token') {
    if (accessToken === undefined) return undefined
    return environment.fetch(sessionEnd.url, {
      method: sessionEnd.method,
      headers: { authorization: `Bearer ${accessToken}` },
      redirect: 'manual',
      signal,
    })
  }
  if (refreshToken === undefined) return undefined
  if (sessionEnd === undefined) return revoke(environment, refreshToken, signal)
  const { client, server } = environment.authorization
  const body = new URLSearchParams({ refresh_token: refreshToken })
  const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' })
  const { issuer, tokenEndpoint } = server
  await client.authentication.authenticate({
    issuer,
    tokenEndpoint,
    clientId: client.clientId ?? '',
    body,
    headers,
  })
  return environment.fetch(sessionEnd.url, {
    method: sessionEnd.method,
    body,
    headers,
    redirect: 'manual',
    signal,
  })
}

async function revoke(environment: Environment, token: string, signal: AbortSignal): Promise<Response> {
  const { server, client } = environment.authorization
  const { issuer, tokenEndpoint, revocationEndpoint } = server
  const response = await revocationRequest(
    { issuer: issuer ?? tokenEndpoint, revocation_endpoint: revocationEndpoint as string },
    { client_id: client.clientId ?? 'anonymous' },
    (_server, _client, body, headers) =>
      client.authentication.authenticate({
        issuer,
        tokenEndpoint,
        clientId: client.clientId ?? '',
        body,
        headers,
      }),
    token,
    { signal, [allowInsecureRequests]: true, [customFetch]: environment.fetch },
  )
  if (response.ok) await processRevocationResponse(response.clone())
  return response
}

async function withDeadline<T>(
  environment: Environment,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  const cancel = environment.clock.schedule(() => abort.abort(), environment.timeoutMs)
  try {
    return await work(abort.signal)
  } finally {
    cancel()
  }
}
