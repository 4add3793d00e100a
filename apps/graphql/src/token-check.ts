import type { ClientCredentials } from '@evergrant/emulator'

/** Whom an access token stands for, while it is good. */
export interface Customer {
  readonly username: string
  /** The haulier whose vehicles the token opens. */
  readonly haulierId: string
}

/** Finds the customer behind an access token; undefined: the token is not taken, or not any more. */
export type CheckToken = (accessToken: string | undefined) => Promise<Customer | undefined>

/** Options of {@link createTokenCheck}. */
export interface TokenCheckOptions {
  readonly introspectionEndpoint: string
  readonly client: ClientCredentials
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Makes the check of a resource server that asks the authorization server about each token. Checks are independent.
 * @throws {Error} the authorization server cannot be asked
 * @see RFC 7662 §2
 */
export function createTokenCheck({
  introspectionEndpoint,
  client,
  fetch: send = globalThis.fetch,
}: TokenCheckOptions): CheckToken {
  return async accessToken => {
    if (accessToken === undefined) return undefined
    const body = new URLSearchParams({
      token: accessToken,
      client_id: client.clientId,
      client_secret: client.clientSecret,
    })
    const response = await send(introspectionEndpoint, { method: 'POST', body })
    if (!response.ok) throw new Error(`The introspection endpoint answered ${response.status}.`)
    return customerOf((await response.json()) as Record<string, unknown>)
  }
}

/** Reads an introspection answer. Customers are in a group of their haulier; nobody else has business here. */
export function customerOf(answer: Readonly<Record<string, unknown>>): Customer | undefined {
  const { active, username, groups } = answer
  if (active !== true || typeof username !== 'string' || !Array.isArray(groups)) return undefined
  const group = groups.find((each): each is string => /^\/customers\/[^/]+$/.test(String(each)))
  return group === undefined ? undefined : { username, haulierId: group.slice('/customers/'.length) }
}

/** The token of an `Authorization` header; undefined: there is none. */
export function bearerOf(header: unknown): string | undefined {
  return typeof header === 'string' ? /^Bearer ([^\s]+)$/i.exec(header)?.[1] : undefined
}
