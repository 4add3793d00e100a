import { StoreError } from './errors/store-error.ts'
import type { FailureKind } from './failure.ts'
import { hideSecrets, redacted } from './redact.ts'

/**
 * What a store holds for one credential. Times are durations, never instants: machines' clocks differ, so every reader
 * counts from the age that the store measured. Members that this release does not know survive a rewrite.
 */
export interface TokenRecord {
  readonly schema: 1
  /** Where the secrets in here may go, and nowhere else. */
  readonly binding: Binding
  /** One sign-in or first grant, and everything that was refreshed from it. */
  readonly family: string
  readonly generation: number
  /** How long ago the family began: whoever asked before then asked somebody else. */
  readonly familyAgeMs?: number | undefined
  readonly refresh?: StoredRefreshToken | undefined
  readonly access: Readonly<Record<string, StoredAccessToken>>
  readonly claim?: Claim | undefined
  /** A refresh token (or, without a hash, a grant) that the server refused for good. */
  readonly dead?: DeadGrant | undefined
  /** Somebody signed in with a grant of their own: the configured grant must not continue it. */
  readonly isPersons?: true | undefined
  /** A tombstone: somebody signed out, here or elsewhere. */
  readonly signedOut?: true | undefined
  readonly rejection?: { readonly count: number; readonly msAgo: number } | undefined
  readonly failure?: StoredFailure | undefined
}

/** Names the server and the client that a record belongs to. */
export interface Binding {
  readonly issuer?: string | undefined
  readonly tokenEndpoint: string
  readonly clientId?: string | undefined
  /** The grant type of a configured credential; absent for users who sign in. */
  readonly grant?: string | undefined
  /** A hash that names the configured user, where one is configured. */
  readonly subject?: string | undefined
  /** Names the configured API key without telling it. */
  readonly seed?: string | undefined
  /** The configured scope. */
  readonly scope?: string | undefined
}

export interface StoredRefreshToken {
  readonly token: string
  readonly hash: string
  readonly parentHash?: string | undefined
  readonly lifetimeMs?: number | undefined
  readonly remainingAtWriteMs?: number | undefined
}

export interface StoredAccessToken {
  readonly token: string
  readonly type: 'Bearer' | 'DPoP'
  readonly scope?: string | undefined
  readonly lifetimeMs?: number | undefined
  readonly remainingAtWriteMs?: number | undefined
}

/** The announcement "I am about to redeem this refresh token". Writing it is the lock. */
export interface Claim {
  readonly id: string
  readonly refreshHash?: string | undefined
  readonly attempt: number
  /** How long others wait for it; 0: nobody holds it any more, but how it ended is not known. */
  readonly holdMs: number
  readonly previous?: { readonly id: string; readonly refreshHash?: string | undefined } | undefined
}

export interface DeadGrant {
  readonly refreshHash?: string | undefined
  readonly reason: 'refresh-token-refused' | 'response-lost' | 'rung-unsupported'
}

export interface StoredFailure {
  readonly kind: FailureKind
  /** Which configuration failed, so that a corrected one is not held back. */
  readonly fingerprint: string
  readonly attempts: number
  readonly retryInMs: number
  /** The server's error code, if it gave one. */
  readonly error?: string | undefined
  readonly status?: number | undefined
}

/** Serialises a record for a store: the one explicit way out for its secrets. */
export function serializeRecord(record: TokenRecord): string {
  return JSON.stringify({ ...record, schema: 1 })
}

/**
 * Reads what a store holds.
 * @throws {StoreError} it is no complete record, or a newer release wrote it (`store_schema_unknown` in either case)
 */
export function parseRecord(payload: string): TokenRecord {
  const value = parseJson(payload)
  const schema = (value as Partial<TokenRecord> | null | undefined)?.schema
  if (typeof schema === 'number' && schema > 1)
    throw unreadable('a record of a newer release', 'Update Evergrant')
  if (schema !== 1 || !isComplete(value))
    throw unreadable('something that is no complete record', 'Remove it to start afresh')
  const record = { ...value }
  return hideSecrets(record, () => ({
    schema: 1,
    family: record.family,
    generation: record.generation,
    tokens: redacted,
  }))
}

function parseJson(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    // The parser's own message quotes the payload.
    return undefined
  }
}

function unreadable(what: string, advice: string): StoreError {
  return new StoreError(`The token store holds ${what}. It was left untouched. ${advice}.`, {
    code: 'store_schema_unknown',
  })
}

type Unchecked<T> = { readonly [K in keyof T]?: unknown }

function isComplete(value: unknown): value is TokenRecord {
  const { family, generation, binding, access, refresh } = value as Unchecked<TokenRecord>
  if (typeof family !== 'string' || typeof generation !== 'number') return false
  if (!isObject(binding) || typeof binding['tokenEndpoint'] !== 'string') return false
  if (refresh !== undefined && !(isObject(refresh) && hasText(refresh, 'token') && hasText(refresh, 'hash')))
    return false
  return isObject(access) && Object.values(access).every(token => isObject(token) && hasText(token, 'token'))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasText(value: Readonly<Record<string, unknown>>, name: string): boolean {
  return typeof value[name] === 'string' && value[name] !== ''
}

/** Tells whether two bindings name the same server, client, grant type and user. */
export function isSameBinding(left: Binding, right: Binding): boolean {
  const names = ['tokenEndpoint', 'issuer', 'clientId', 'grant', 'subject'] as const
  return names.every(name => left[name] === right[name])
}

/** Tells whether a record was obtained with the API key and the scope that are configured now. */
export function isSameConfiguration(left: Binding, right: Binding): boolean {
  return left.seed === right.seed && left.scope === right.scope
}

/** SHA-256 of a token, truncated: enough to compare, useless to whoever reads it. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return hex(new Uint8Array(digest, 0, 16))
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
