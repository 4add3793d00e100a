import { ConfigurationError, createUserTokens, systemClock } from '@evergrant/core'
import type {
  AccessTokenSource,
  Authorization,
  Clock,
  Grant,
  SharedOptions,
  TokenManager,
  UserTokens,
} from '@evergrant/core'
import {
  parseRecord,
  processMemoryStore,
  recordOf,
  serializeRecord,
  writeStored,
} from '@evergrant/core/record'
import type { ObtainedTokens, StorePlace } from '@evergrant/core/record'
import { keptStore } from './kept-store.ts'
import { luggage, markOf, RotationMemo } from './rotation-memo.ts'
import { isSessionSecret, newSessionId, sessionIdOf } from './session-id.ts'
import { defaultLimits, SignInLimit } from './sign-in-limit.ts'

/**
 * What a session of another library carries for this one: a name of the tokens in the store, or the tokens themselves.
 * Plain JSON. Whoever has it has the tokens: the library must seal it, and give it to no script.
 */
export interface SessionTicket {
  /** 256 random bits. */
  readonly id: string
  /** The tokens, with `tokensIn: 'cookie'`. */
  readonly record?: string | undefined
  /** When `record` was put here, in epoch milliseconds. */
  readonly sealedAt?: number | undefined
}

/** Options of {@link createTicketedTokens}. */
export interface TicketedTokensOptions extends SharedOptions {
  /** `store`: the ticket is a name, the tokens stay in `store`. `cookie`: they travel in the ticket; `store` remembers rotations. Default `store`. */
  readonly tokensIn?: 'store' | 'cookie' | undefined
  /** How long the library's sessions live without a visit, in milliseconds: so long after its last change a record is kept. */
  readonly maxAgeMs: number
}

/** An opened ticket. */
export interface OpenedTicket {
  readonly manager: TokenManager
  /** The tokens for places whose answer cannot bring the browser a new ticket. */
  readonly readOnly: AccessTokenSource
  /**
   * The ticket as it has to be carried from now on; the same object if nothing changed. Undefined: somebody signed out.
   * @throws {StoreError} the store is down
   */
  readonly renew: () => Promise<SessionTicket | undefined>
}

/** Somebody who types in a password. */
export interface TicketSignIn {
  readonly grant: Grant
  /** The account whose tries are counted. */
  readonly username: string
  /** The client's IP address, for the limit of tries per address. Absent: only the tries per account are limited. */
  readonly clientAddress?: string | undefined
}

const graceMs = 60_000

/**
 * Users' tokens under sessions that another library keeps, such as Auth.js. All requests of one session share one
 * refresh, also those with an older ticket; no ticket opens another one's tokens.
 */
export class TicketedTokens {
  readonly tokensIn: 'store' | 'cookie'
  readonly #authorization: Authorization<never>
  readonly #users: UserTokens
  readonly #place: Omit<StorePlace, 'key'>
  readonly #memo: RotationMemo
  readonly #limit: SignInLimit
  readonly #clock: Clock
  readonly #keepMs: number

  /** Use {@link createTicketedTokens}. */
  constructor(
    authorization: Authorization<never>,
    users: UserTokens,
    place: Omit<StorePlace, 'key'>,
    { tokensIn, keepMs }: { readonly tokensIn: 'store' | 'cookie'; readonly keepMs: number },
  ) {
    this.#authorization = authorization
    this.#users = users
    this.#place = place
    this.#memo = new RotationMemo(place)
    this.#limit = new SignInLimit(place, defaultLimits)
    this.#clock = place.clock
    this.#keepMs = keepMs
    this.tokensIn = tokensIn
  }

  /**
   * Takes over the tokens of a sign-in that the library completed. It must not use their refresh token any more.
   * @throws {ConfigurationError} there is no access token
   * @throws {StoreError} they could not be saved
   */
  async begin(tokens: ObtainedTokens): Promise<SessionTicket> {
    const { secret, storeName } = await newSessionId()
    const record = await recordOf(this.#authorization, tokens)
    const place = { ...this.#place, key: this.#users.for(storeName).key }
    await writeStored(place, serializeRecord(record), { ifMatch: null, writeId: `begin ${storeName}` })
    return this.#ticketOf(secret, record)
  }

  /**
   * Signs somebody in with a grant that is used once, under a new ticket. Tries are limited as those of `createSessions`.
   * @throws {TooManyAttemptsError} the account or the address has used up its tries
   * @throws whatever `TokenManager.signIn` throws
   */
  async signIn({ grant, username, clientAddress }: TicketSignIn): Promise<SessionTicket> {
    const counted = await this.#limit.count(this.#authorization.provider, username, clientAddress)
    const { secret, storeName } = await newSessionId()
    const manager = this.#users.for(storeName)
    try {
      await manager.signIn(grant)
    } catch (error) {
      this.#users.forget(storeName)
      // Only a refusal says something about the password.
      const isRefusal = error instanceof Error && 'code' in error && error.code === 'credentials_rejected'
      if (!isRefusal) await counted.refund()
      throw error
    }
    await counted.refund()
    const record = await this.#memo.current(manager)
    return record === undefined ? { id: secret } : this.#ticketOf(secret, record)
  }

  /**
   * Opens a ticket; undefined: it is none, or somebody signed out.
   * @throws {StoreError} the store is down
   */
  async open(ticket: unknown): Promise<OpenedTicket | undefined> {
    if (!isTicket(ticket)) return undefined
    const { storeName } = await sessionIdOf(ticket.id)
    const manager = this.#users.for(storeName)
    const mark = await this.#markOf(ticket, manager, storeName)
    if (mark === undefined) return undefined
    const isInStore = this.tokensIn === 'store'
    return {
      manager,
      readOnly: isInStore ? manager : manager.readOnly(),
      renew: () => (isInStore ? this.#named(ticket) : this.#filled(ticket, manager, mark)),
    }
  }

  /** Ends timers and calls. Tokens stay where they are kept. */
  readonly dispose = (): Promise<void> => this.#users.dispose()

  /** Names the tokens that a ticket brought, if any; undefined: somebody signed out. */
  async #markOf(
    ticket: SessionTicket,
    manager: TokenManager,
    storeName: string,
  ): Promise<string | undefined> {
    const record = readRecord(ticket.record)
    if (record === undefined) return (await this.#memo.current(manager))?.signedOut ? undefined : ''
    const ageMs = Math.max(0, this.#clock.wall() - (ticket.sealedAt ?? 0))
    return this.#memo.reconcile(manager, { record, ageMs, storeName, keepMs: this.#keepMs })
  }

  async #named(ticket: SessionTicket): Promise<SessionTicket> {
    return ticket.record === undefined ? ticket : { id: ticket.id }
  }

  async #filled(
    ticket: SessionTicket,
    manager: TokenManager,
    mark: string,
  ): Promise<SessionTicket | undefined> {
    const record = await this.#memo.current(manager)
    if (record === undefined) return ticket
    if (record.signedOut) return undefined
    return markOf(record) === mark ? ticket : this.#ticketOf(ticket.id, record)
  }

  #ticketOf(id: string, record: Parameters<typeof luggage>[0]): SessionTicket {
    if (this.tokensIn === 'store') return { id }
    return { id, record: serializeRecord(luggage(record)), sealedAt: this.#clock.wall() }
  }
}

function isTicket(value: unknown): value is SessionTicket {
  if (typeof value !== 'object' || value === null || !('id' in value)) return false
  return typeof value.id === 'string' && isSessionSecret(value.id)
}

// A newer release wrote it, before a roll-back: what the store holds counts, and nobody is locked out.
function readRecord(payload: string | undefined): Parameters<typeof luggage>[0] | undefined {
  if (typeof payload !== 'string') return undefined
  try {
    return parseRecord(payload)
  } catch {
    return undefined
  }
}

/**
 * Creates the tokens of users whose sessions another library keeps. For adapters of such libraries.
 * @throws {ConfigurationError} the authorization holds a grant, or an option cannot work
 */
export function createTicketedTokens(
  authorization: Authorization<never>,
  options: TicketedTokensOptions,
): TicketedTokens {
  const { tokensIn = 'store', maxAgeMs, store, clock = systemClock, timeoutMs = 10_000, ...engine } = options
  if (!(maxAgeMs > 0 && maxAgeMs < Number.POSITIVE_INFINITY)) {
    throw new ConfigurationError('The tokens cannot be kept', [
      'maxAgeMs must be a positive number of milliseconds.',
    ])
  }
  const keepMs = maxAgeMs + graceMs
  const kept = keptStore(store ?? processMemoryStore(clock), keepMs)
  const users = createUserTokens(authorization, { ...engine, clock, timeoutMs, store: kept })
  return new TicketedTokens(authorization, users, { store: kept, clock, timeoutMs }, { tokensIn, keepMs })
}
