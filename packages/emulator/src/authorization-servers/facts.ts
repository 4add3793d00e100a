import type { RequestFacts } from '../exchange.ts'

const grantTypes: ReadonlySet<string> = new Set([
  'authorization_code',
  'client_credentials',
  'implicit',
  'password',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
])

/**
 * Notes who asks for what. A value that nobody registered is noted as `[unknown]`: people swap id and secret, and
 * the journal must not hold a secret even then.
 */
export function noteClaims(
  facts: RequestFacts,
  claimed: {
    readonly grantType?: string | null | undefined
    readonly clientId?: string | null | undefined
    readonly username?: string | null | undefined
  },
  known: { readonly clientIds?: readonly string[]; readonly usernames?: readonly string[] },
): void {
  facts.grantType = knownOr(claimed.grantType, value => grantTypes.has(value)) ?? facts.grantType
  facts.clientId = knownOr(claimed.clientId, value => known.clientIds?.includes(value)) ?? facts.clientId
  facts.username = knownOr(claimed.username, value => known.usernames?.includes(value)) ?? facts.username
}

function knownOr(
  value: string | null | undefined,
  isKnown: (value: string) => boolean | undefined,
): string | undefined {
  if (value === null || value === undefined || value === '') return undefined
  return isKnown(value) === true ? value : '[unknown]'
}
