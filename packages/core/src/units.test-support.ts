import type { AuthorizationBase, AuthorizationServer } from './authorization.ts'
import type { ClientAuthentication } from './client-authentication/client-authentication.ts'
import { clientSecretPost } from './client-authentication/client-secret-post.ts'
import type { AccessState, PolicyState } from './refresh-policy.ts'
import type { TokenRecord } from './token-record.ts'

/** A fresh access token of 300 s, as the policy sees it. */
export function accessState(overrides: Partial<AccessState> = {}): AccessState {
  return {
    lifetimeMs: 300_000,
    remainingMs: 300_000,
    isRejected: false,
    rejectionWaitMs: 0,
    isClockTurnedBack: false,
    ...overrides,
  }
}

/** A fresh token, a usable refresh token, no grant to repeat. */
export function policyState(overrides: Partial<PolicyState> = {}): PolicyState {
  return {
    access: accessState(),
    refresh: { status: 'usable' },
    canRegrant: false,
    firstRung: 'refresh-token',
    slowestMs: 0,
    draw: 0,
    backOffMs: 0,
    guardMs: 0,
    personReason: 'refresh-token-refused',
    isSignedOut: false,
    ...overrides,
  }
}

export const fakeEndpoint = 'https://auth.example.test/token'

/** A record with one access token and one refresh token, and a member of a release that does not exist yet. */
export function tokenRecord(overrides: Partial<TokenRecord> = {}): TokenRecord {
  const record = {
    schema: 1,
    binding: { tokenEndpoint: fakeEndpoint, clientId: 'fake-client' },
    family: 'family-1',
    generation: 3,
    refresh: {
      token: 'fake-refresh-1',
      hash: 'hash-1',
      lifetimeMs: 1_800_000,
      remainingAtWriteMs: 1_800_000,
    },
    access: {
      '': { token: 'fake-access-1', type: 'Bearer', lifetimeMs: 300_000, remainingAtWriteMs: 290_000 },
    },
    future: { member: true },
    ...overrides,
  } as const
  return record
}

/** An authorization whose token endpoint is answered by a hand-written fetch. */
export function authorizationBase(
  server: Partial<AuthorizationServer> = {},
  authentication: ClientAuthentication = clientSecretPost('fake-client-secret'),
  clientId: string | null = 'fake-client',
): AuthorizationBase {
  return {
    provider: 'example',
    server: { tokenEndpoint: fakeEndpoint, ...server },
    client: { clientId: clientId ?? undefined, authentication },
    resource: { origins: ['https://api.example.test'], baseUrl: 'https://api.example.test/v1/' },
  }
}

/** Runs one client authentication method on an empty request. */
export async function authenticated(
  authentication: ClientAuthentication,
  clientId = 'fake-client',
  issuer: string | undefined = 'https://auth.example.test',
): Promise<{ body: URLSearchParams; headers: Headers }> {
  const body = new URLSearchParams()
  const headers = new Headers()
  await authentication.authenticate({ issuer, tokenEndpoint: fakeEndpoint, clientId, body, headers })
  return { body, headers }
}

/** The header, the claims and the signed parts of a compact JWT. */
export function decodeJwt(jwt: string): {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  signed: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
} {
  const [header = '', claims = '', signature = ''] = jwt.split('.')
  const json = (part: string): Record<string, unknown> =>
    JSON.parse(new TextDecoder().decode(bytesOf(part))) as Record<string, unknown>
  return {
    header: json(header),
    claims: json(claims),
    signed: new TextEncoder().encode(`${header}.${claims}`),
    signature: bytesOf(signature),
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, character => character.codePointAt(0) ?? 0)
}

/** What a call threw; undefined if it did not. */
export function thrown(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
