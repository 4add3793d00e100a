import type { AccessTokenSource, UserTokens } from '@evergrant/core'
import { parseRecord, serializeRecord } from '@evergrant/core/record'
import type { StorePlace, TokenRecord } from '@evergrant/core/record'
import { chunkNames, fromChunks, toChunks } from './cookie-chunks.ts'
import type { KeyRing } from '@evergrant/core/record'
import { luggage, markOf, RotationMemo } from './rotation-memo.ts'
import { seal, unseal } from './sealed-session.ts'
import type { SealedSession } from './sealed-session.ts'
import type { PresentedCookies } from './session-cookie.ts'
import { sessionIdOf } from './session-id.ts'
import type { SessionId } from './session-id.ts'
import type { Finding, KeptCookie, KeptSession, SessionKeeper } from './session-keeper.ts'

/** What is known of the cookie that the browser has. */
interface Carried {
  /** Which tokens it holds. */
  readonly mark: string | undefined
  /** The manager's revision when it was compared with the store. */
  revision: number | undefined
}

/**
 * Sessions whose tokens travel sealed in cookies of their own; the session cookie says which sign-in's count. They seed a record in the store; claim, refresh and commit run
 * there. That record is the rotation memo: a request that still carries an old cookie finds the new tokens in it, and
 * the spent refresh token is not used again. It is kept to the session's end, because browsers drop the `Set-Cookie` of
 * aborted navigations and come back with an old cookie much later.
 */
export class SealedSessions implements SessionKeeper {
  readonly #place: Omit<StorePlace, 'key'>
  readonly #memo: RotationMemo
  readonly #users: UserTokens
  readonly #keys: KeyRing
  readonly #audience: string
  readonly #carried = new WeakMap<KeptSession, Carried>()

  constructor(place: Omit<StorePlace, 'key'>, users: UserTokens, keys: KeyRing, audience: string) {
    this.#place = place
    this.#memo = new RotationMemo(place)
    this.#users = users
    this.#keys = keys
    this.#audience = audience
  }

  async find(presented: PresentedCookies, name: string): Promise<Finding> {
    const current = presented.get(name)
    if (current === undefined) return { kind: 'none' }
    const value = fromChunks(chunkNames(`${name}.${current}`).map(chunk => presented.get(chunk)))
    const now = this.#place.clock.wall()
    const sealed = value === undefined ? undefined : await unseal(value, this.#keys, this.#audience, now)
    const record = sealed && readRecord(sealed)
    if (sealed === undefined || record === undefined) return { kind: 'broken' }
    const id = await sessionIdOf(sealed.id)
    if (labelOf(id) !== current) return { kind: 'broken' }
    const manager = this.#users.for(id.storeName)
    const { username, expiresAt } = sealed
    const session: KeptSession = { id, username, expiresAt, manager }
    const carried = await this.#reconcile(session, sealed, record)
    if (carried === undefined) return { kind: 'none' }
    this.#carried.set(session, carried)
    return { kind: 'found', session }
  }

  async start(session: KeptSession): Promise<void> {
    this.#carried.set(session, { mark: undefined, revision: undefined })
  }

  // The tombstone of the tokens stays in the store to the session's end: an old cookie finds it.
  async end(): Promise<void> {}

  async cookiesOf(session: KeptSession, name: string): Promise<readonly KeptCookie[] | undefined> {
    const carried = this.#carried.get(session)
    const { revision } = session.manager
    if (carried === undefined || carried.revision === revision) return undefined
    const record = await this.#memo.current(session.manager)
    if (record === undefined || record.signedOut) return undefined
    const mark = markOf(record)
    if (mark !== carried.mark) {
      const isNew = carried.mark === undefined
      const cookies = await this.#seal(session, record, name, isNew)
      this.#carried.set(session, { mark, revision })
      return cookies
    }
    carried.revision = revision
    return undefined
  }

  async #seal(
    { id, username, expiresAt }: KeptSession,
    record: TokenRecord,
    name: string,
    isNew: boolean,
  ): Promise<readonly KeptCookie[]> {
    const content = {
      id: id.secret,
      username: username?.slice(0, longestName),
      expiresAt,
      sealedAt: this.#place.clock.wall(),
      record: serializeRecord(luggage(record)),
    }
    const label = labelOf(id)
    const chunks = toChunks(await seal(content, this.#keys, this.#audience))
    const names = chunkNames(`${name}.${label}`)
    // Only a sign-in says whose cookies count: a late answer of an earlier session must not bring that one back.
    const pointer = { name, isLasting: true, ...(isNew && { value: label }) }
    return [
      pointer,
      ...chunks.map((value, index) => ({ name: names[index] ?? name, value, isLasting: false })),
    ]
  }

  readOnly({ manager }: KeptSession): AccessTokenSource {
    return manager.readOnly()
  }

  async #reconcile(
    { manager, id }: KeptSession,
    sealed: SealedSession,
    record: TokenRecord,
  ): Promise<Carried | undefined> {
    const now = this.#place.clock.wall()
    const mark = await this.#memo.reconcile(manager, {
      record,
      ageMs: Math.max(0, now - sealed.sealedAt),
      storeName: id.storeName,
      keepMs: Math.max(1, sealed.expiresAt - now),
    })
    return mark === undefined ? undefined : { mark, revision: undefined }
  }
}

/** Names are for display; what is longer would cost room that tokens need. */
const longestName = 256

/** Tells the cookies of one sign-in from those of another. */
function labelOf({ signInId }: SessionId): string {
  return signInId.slice(0, 8)
}

// A newer release wrote it, before a roll-back: nobody can use it, and nobody is locked out over it.
function readRecord({ record }: SealedSession): TokenRecord | undefined {
  try {
    return parseRecord(record)
  } catch {
    return undefined
  }
}
