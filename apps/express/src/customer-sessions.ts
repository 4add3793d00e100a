import type { Request, Response } from 'express'

/** A customer who signed in from one browser. */
export interface CustomerSession {
  /** The key of the customer's tokens. Another value than the cookie's: keys appear in events, cookies must not. */
  readonly userId: string
  readonly username: string
}

const cookieName = 'evergrant_session'
// Not `Secure`: the gateway speaks plain http on loopback, and some browsers would drop such a cookie there.
const cookieOptions = { httpOnly: true, sameSite: 'strict', path: '/' } as const
const mostSessions = 1000

/** Who signed in from which browser, in this process's memory: it does not outlive a restart. */
export class CustomerSessions {
  readonly #sessions = new Map<string, CustomerSession>()
  readonly #endings = new WeakMap<CustomerSession, Set<() => void>>()

  /** Finds the request's session. `lost`: the browser has one that this process does not know. */
  find(request: Request): CustomerSession | 'lost' | undefined {
    const id = readCookie(request)
    return id === undefined ? undefined : (this.#sessions.get(id) ?? 'lost')
  }

  /** Starts a session under a new id, so that nobody can have planted it, and forgets the browser's earlier one. */
  start(request: Request, response: Response, session: CustomerSession): void {
    this.#forget(request)
    const id = crypto.randomUUID()
    this.#sessions.set(id, session)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > mostSessions && oldest !== undefined) this.#drop(oldest)
    response.cookie(cookieName, id, cookieOptions)
  }

  end(request: Request, response: Response): void {
    this.#forget(request)
    response.clearCookie(cookieName, cookieOptions)
  }

  /** Calls `ending` once when the session is over, however that comes. Returns a function that takes it back. */
  whenOver(session: CustomerSession, ending: () => void): () => void {
    const endings = this.#endings.get(session) ?? new Set()
    this.#endings.set(session, endings.add(ending))
    return () => void endings.delete(ending)
  }

  #forget(request: Request): void {
    const id = readCookie(request)
    if (id !== undefined) this.#drop(id)
  }

  #drop(id: string): void {
    const session = this.#sessions.get(id)
    this.#sessions.delete(id)
    const endings = session && this.#endings.get(session)
    for (const ending of endings ?? []) ending()
    endings?.clear()
  }
}

function readCookie(request: Request): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map(pair => pair.trim())
  const value = pairs.find(pair => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1)
  return value !== undefined && /^[0-9a-f-]{36}$/.test(value) ? value : undefined
}
