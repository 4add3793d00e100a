import type { ClientCredentials } from '@evergrant/emulator'

/** Options of {@link createRevocation}. */
export interface RevocationOptions {
  readonly revocationEndpoint: string
  readonly client: ClientCredentials
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Makes the function that ends one access token before its time. Its session lives on.
 * @throws {Error} the authorization server did not do it
 * @see RFC 7009 §2.1
 */
export function createRevocation({
  revocationEndpoint,
  client,
  fetch: send = globalThis.fetch,
}: RevocationOptions): (accessToken: string) => Promise<void> {
  return async accessToken => {
    const body = new URLSearchParams({
      token: accessToken,
      client_id: client.clientId,
      client_secret: client.clientSecret,
    })
    const response = await send(revocationEndpoint, { method: 'POST', body })
    if (!response.ok) throw new Error(`The revocation endpoint answered ${response.status}.`)
  }
}
