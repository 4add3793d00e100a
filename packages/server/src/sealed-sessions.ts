import type { AccessTokenSource, TokenManager, TokenSnapshot, UserTokens } from '@evergrant/core'
import { ageRecord, parseRecord, readStored, serializeRecord, writeStored } from '@evergrant/core/record'
import type { StorePlace, TokenRecord } from '@evergrant/core/record'
import { fromChunks, toChunks } from './cookie-chunks.ts'
import type { KeyRing } from './key-ring.ts'
import { seal, unseal } from './sealed-session.ts'
import type { SealedSession } from './sealed-session.ts'
import { sessionIdOf } from './session-id.ts'
import type { Finding, KeptSession, SessionKeeper } from './session-keeper.ts'

/** What is known of the cookie that the browser has. */
interface Carried {
  /** Which tokens it holds. */
  mark: string | undefined
  /** The tokens' state when it was compared with the store: the same object until something changes. */
  snapshot: TokenSnapshot | undefined
}

/**
 * Sessions whose tokens travel sealed in the cookie. The cookie seeds a record in the store; claim, refresh and commit run
 * there. That record is the rotation memo: a request that still carries an old cookie finds the new tokens in it, and
 * the spent refresh token is not used again. It is kept to the session's end, because browsers drop the `Set-Cookie` of
 * aborted navigations and come back with an old cookie much later.
 */
export class SealedSessions implements SessionKeeper {
  readonly #place: Omit<StorePlace, 'key'>
  readonly #users: UserTokens
  readonly #keys: KeyRing
  readonly #audience: string
  readonly #carried = new WeakMap<KeptSession, Carried>()

  constructor(place: Omit<StorePlace, 'key'>, users: UserTokens, keys: KeyRing, audience: string) {
    this.#place = place
    this.#users = users
    this.#keys = keys
    this.#audience = audience
  }

  async find(presented: readonly (string | undefined)[]): Promise<Finding> {
    if (presented.every(value => value === undefined)) return { kind: 'none' }
    const value = fromChunks(presented)
    const now = this.#place.clock.wall()
    const sealed = value === undefined ? undefined : await unseal(value, this.#keys, this.#audience, now)
    if (sealed === undefined) return { kind: 'broken' }
    const id = await sessionIdOf(sealed.id)
    const manager = this.#users.for(id.storeName)
    const { username, expiresAt } = sealed
    const session: KeptSession = { id, username, expiresAt, manager }
    const carried = await this.#reconcile(session, sealed)
    if (carried === undefined) return { kind: 'none' }
    this.#carried.set(session, carried)
    return { kind: 'found', session }
  }

  async start(session: KeptSession): Promise<void> {
    this.#carried.set(session, { mark: undefined, snapshot: undefined })
  }

  // The tombstone of the tokens stays in the store to the session's end: an old cookie finds it.
  async end(): Promise<void> {}

  async valuesOf(session: KeptSession): Promise<readonly string[] | undefined> {
    const carried = this.#carried.get(session)
    const snapshot = session.manager.getSnapshot()
    if (carried === undefined || carried.snapshot === snapshot) return undefined
    const stored = await readStored(this.#placeOf(session.manager))
    const record = stored && ageRecord(parseRecord(stored.payload), stored.ageMs)
    if (record === undefined || record.signedOut) return undefined
    carried.snapshot = snapshot
    if (markOf(record) === carried.mark) return undefined
    const { id, username, expiresAt } = session
    const sealedAt = this.#place.clock.wall()
    const content = { id: id.secret, username, expiresAt, sealedAt, record: serializeRecord(luggage(record)) }
    const chunks = toChunks(await seal(content, this.#keys, this.#audience))
    carried.mark = markOf(record)
    return chunks
  }

  readOnly({ manager }: KeptSession): AccessTokenSource {
    return manager.readOnly()
  }

  /** Sees to it that the store holds the newest of both; undefined: the session was signed out. */
  async #reconcile({ manager, id }: KeptSession, sealed: SealedSession): Promise<Carried | undefined> {
    const place = this.#placeOf(manager)
    const elapsedMs = Math.max(0, this.#place.clock.wall() - sealed.sealedAt)
    const carried = ageRecord(parseRecord(sealed.record), elapsedMs)
    const stored = await readStored(place)
    const known = stored && parseRecord(stored.payload)
    if (known?.signedOut) return undefined
    if (known === undefined || isLater(carried, known)) {
      const writeId = `seed ${id.storeName} ${carried.family} ${carried.generation}`
      const keepMs = Math.max(1, sealed.expiresAt - this.#place.clock.wall())
      // Whoever is faster has written the same or something newer: then that counts.
      await writeStored(place, serializeRecord(carried), { ifMatch: stored?.etag ?? null, writeId, keepMs })
    }
    return { mark: markOf(carried), snapshot: undefined }
  }

  #placeOf({ key }: TokenManager): StorePlace {
    return { ...this.#place, key }
  }
}

/** Another instance, with a store of its own, has gone on with this sign-in. */
function isLater(carried: TokenRecord, known: TokenRecord): boolean {
  return carried.family === known.family && carried.generation > known.generation
}

/** What travels: no narrower tokens, which a refresh brings again, and nothing that only this store's processes need. */
function luggage(record: TokenRecord): TokenRecord {
  const { claim: _claim, failure: _failure, rejection: _rejection, access, ...rest } = record
  const own = access['']
  return { ...rest, access: own === undefined ? {} : { '': own } }
}

function markOf({ family, generation, access, refresh }: TokenRecord): string {
  return [family, generation, access['']?.token ?? '', refresh?.hash ?? ''].join(' ')
}
