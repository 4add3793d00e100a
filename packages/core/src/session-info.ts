import type { AccessTokenSource } from './access-token-source.ts'
import { readBoundedText } from './bounded-body.ts'
import type { Environment } from './environment.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { MalformedResponseError } from './errors/malformed-response-error.ts'
import { NetworkError } from './errors/network-error.ts'
import { ReauthorizationRequiredError } from './errors/reauthorization-required-error.ts'
import { networkFailure } from './network-failure.ts'
import { showEndpoint } from './redact.ts'
import { readTokenResponse } from './token-response.ts'

/** What the provider says about the current session. The tokens in its answer are not passed on. */
export interface SessionInfo {
  readonly tokenType: 'Bearer'
  /** Epoch milliseconds; undefined: the provider named no lifetime. */
  readonly expiresAt?: number | undefined
  readonly scope?: string | undefined
  readonly hasRefreshToken: boolean
}

/**
 * Asks the provider about the current session; a refused token is refreshed once.
 * @throws {ConfigurationError} the provider has no such endpoint
 * @throws {NetworkError} no usable answer
 */
export async function getSessionInfo(
  environment: Environment,
  source: AccessTokenSource,
): Promise<SessionInfo> {
  const { provider, server } = environment.authorization
  const url = server.sessionInfoEndpoint
  if (url === undefined) {
    throw new ConfigurationError(`${provider} has no session info`, [
      'Its authorization server offers no such endpoint.',
    ])
  }
  const askedAt = environment.clock.wall()
  let response = await ask(environment, url, await source.getAccessToken())
  if (response.status === 401) {
    response = await ask(environment, url, await source.getAccessToken({ forceRefresh: true }))
  }
  const endpoint = showEndpoint(url)
  if (response.status === 401) {
    const message = `${endpoint} does not accept a fresh access token: the session is over.`
    throw new ReauthorizationRequiredError(message, { reason: 'refresh-token-refused' })
  }
  const reading = readTokenResponse({
    status: response.status,
    text: response.text,
    allowsMissingTokenType: true,
  })
  if (reading.kind === 'issued') {
    const { tokenType, scope, lifetimeMs, refreshToken } = reading.tokens
    const expiresAt = lifetimeMs === undefined ? undefined : askedAt + lifetimeMs
    return { tokenType, scope, expiresAt, hasRefreshToken: refreshToken !== undefined }
  }
  const { status } = response
  if (status >= 500) {
    throw new NetworkError(`${endpoint} answered ${status}.`, {
      code: 'server_unavailable',
      status,
      wasSent: true,
    })
  }
  throw new MalformedResponseError(`${endpoint} answered ${status} with something else than a session.`, {
    status,
  })
}

async function ask(
  { fetch, clock, timeoutMs }: Environment,
  url: string,
  accessToken: string,
): Promise<{ status: number; text: string }> {
  const abort = new AbortController()
  const cancel = clock.schedule(() => abort.abort(), timeoutMs)
  try {
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, redirect: 'manual', signal: abort.signal })
    return { status: response.status, text: await readBoundedText(response) }
  } catch (error) {
    throw networkFailure(error, showEndpoint(url), abort.signal.aborted)
  } finally {
    cancel()
  }
}
