import { StoreError } from '@evergrant/core'
import type { AccessTokenSource, Stored, UserTokens } from '@evergrant/core'
import { readStored, writeStored } from '@evergrant/core/record'
import type { StorePlace } from '@evergrant/core/record'
import { isSessionSecret, sessionIdOf } from './session-id.ts'
import type { SessionId } from './session-id.ts'
import type { PresentedCookies } from './session-cookie.ts'
import type { Finding, KeptCookie, KeptSession, SessionKeeper } from './session-keeper.ts'

/** What the store holds for a session, beside the record of its tokens. Durations count from the write. */
type StoredSession =
  | {
      readonly schema: 1
      readonly username?: string | undefined
      readonly lifeMs: number
      readonly isOver?: undefined
    }
  | { readonly schema: 1; readonly isOver: true }

const mostConflicts = 5

/** Sessions whose cookie is an opaque id: everything else is in the store. */
export class StoredSessions implements SessionKeeper {
  readonly #place: Omit<StorePlace, 'key'>
  readonly #users: UserTokens
  readonly #realm: string
  /** Sessions whose cookie the browser does not have yet. */
  readonly #begun = new WeakSet<KeptSession>()

  constructor(place: Omit<StorePlace, 'key'>, users: UserTokens, realm: string) {
    this.#place = place
    this.#users = users
    this.#realm = realm
  }

  async find(presented: PresentedCookies, name: string): Promise<Finding> {
    const secret = presented.get(name)
    if (secret === undefined) return { kind: 'none' }
    if (!isSessionSecret(secret)) return { kind: 'broken' }
    const id = await sessionIdOf(secret)
    const stored = await readStored(this.#placeOf(id))
    const session = stored && readSession(stored)
    // Unknown is not broken: another instance may know it, or it has just ended elsewhere.
    if (stored === undefined || session === undefined || session.isOver) return { kind: 'none' }
    const leftMs = session.lifeMs - stored.ageMs
    if (leftMs <= 0) return { kind: 'none' }
    const manager = this.#users.for(id.storeName)
    const expiresAt = this.#place.clock.wall() + leftMs
    return { kind: 'found', session: { id, username: session.username, expiresAt, manager } }
  }

  async start(session: KeptSession): Promise<void> {
    const { username, expiresAt } = session
    const lifeMs = expiresAt - this.#place.clock.wall()
    await this.#write(session.id, { schema: 1, username, lifeMs }, lifeMs)
    this.#begun.add(session)
  }

  async end({ id, expiresAt }: KeptSession): Promise<void> {
    await this.#write(id, { schema: 1, isOver: true }, Math.max(1, expiresAt - this.#place.clock.wall()))
  }

  // Set at sign-in and never again: a late answer must not put an old id back.
  async cookiesOf(session: KeptSession, name: string): Promise<readonly KeptCookie[] | undefined> {
    return this.#begun.delete(session) ? [{ name, value: session.id.secret, isLasting: true }] : undefined
  }

  readOnly({ manager }: KeptSession): AccessTokenSource {
    return manager
  }

  async #write(id: SessionId, session: StoredSession, keepMs: number): Promise<void> {
    const place = this.#placeOf(id)
    const payload = JSON.stringify(session)
    let stored = await readStored(place)
    for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
      const writeId = crypto.randomUUID()
      const result = await writeStored(place, payload, { ifMatch: stored?.etag ?? null, writeId, keepMs })
      if (result.ok) return
      stored = result.current
    }
    throw new StoreError('The session is written by others all the time. Try again.', {
      code: 'store_contended',
    })
  }

  #placeOf({ storeName }: SessionId): StorePlace {
    return { ...this.#place, key: `evergrant-session/${encodeURIComponent(this.#realm)}/${storeName}` }
  }
}

function readSession({ payload }: Stored): StoredSession | undefined {
  const session = parse(payload)
  if (session?.schema === 1) return session as StoredSession
  throw new StoreError(
    'The store holds a session of a newer release, or something else. It was left untouched. Update Evergrant.',
    { code: 'store_schema_unknown' },
  )
}

function parse(payload: string): { readonly schema?: unknown } | undefined {
  try {
    return JSON.parse(payload) as { schema?: unknown }
  } catch {
    // The parser's own message quotes the payload.
    return undefined
  }
}
