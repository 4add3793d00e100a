import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

/** The commands of Redis that a refresh by hand needs; the client of node-redis has them. */
export interface HandMadeRedis {
  get(key: string): Promise<string | null>
  set(key: string, value: string, options?: { readonly NX: true; readonly PX: number }): Promise<unknown>
  del(key: string): Promise<unknown>
  eval(script: string, options: { readonly keys: string[]; readonly arguments: string[] }): Promise<unknown>
}

/** How a refresh by hand is set up. */
export interface HandMadeOptions {
  readonly redis: HandMadeRedis
  /** Begins its keys. */
  readonly name: string
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  /** How long the lock lasts. */
  readonly lockMs: number
  /** How long a caller waits for somebody else's refresh. */
  readonly patienceMs: number
  /** How often whoever waits looks. */
  readonly pollMs: number
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
  /** Told when the lock is held. */
  readonly onLocked: () => void
}

interface HandMadeSet {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresAt: number
}

const unlockScript = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

/**
 * The way many applications do it: a lock with `SET NX PX` around the refresh. It is the careful form of it: callers of
 * one process share a refresh, the tokens are read again inside the lock, only the owner unlocks, whoever waits never
 * refreshes without the lock, and a refused refresh token is compared with the stored one before anybody is logged out. The
 * request has no deadline: one shorter than the lock would lose answers whose refresh token is spent by then.
 */
export class HandMadeTokens {
  readonly #options: HandMadeOptions
  readonly #tokensKey: string
  readonly #lockKey: string
  #held: HandMadeSet | undefined
  #refreshing: Promise<string> | undefined

  constructor(options: HandMadeOptions) {
    this.#options = options
    this.#tokensKey = `${options.name}:tokens`
    this.#lockKey = `${options.name}:lock`
  }

  async signIn(username: string, password: string): Promise<void> {
    const response = await this.#request({ grant_type: 'password', username, password })
    await this.#save(response)
  }

  async getAccessToken(): Promise<string> {
    const held = this.#fresh(this.#held)
    if (held !== undefined) return held
    this.#refreshing ??= this.#obtain().finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async #obtain(): Promise<string> {
    const { redis, lockMs, patienceMs, pollMs, onLocked } = this.#options
    const patientUntil = performance.now() + patienceMs
    for (;;) {
      const fresh = this.#fresh(await this.#read())
      if (fresh !== undefined) return fresh
      const owner = randomUUID()
      if ((await redis.set(this.#lockKey, owner, { NX: true, PX: lockMs })) !== null) {
        onLocked()
        try {
          return await this.#refresh()
        } finally {
          const lock = { keys: [this.#lockKey], arguments: [owner] }
          await redis.eval(unlockScript, lock).catch(() => undefined)
        }
      }
      if (performance.now() > patientUntil)
        throw new Error('Somebody else refreshes for too long. Try again.')
      await pause(pollMs)
    }
  }

  async #refresh(): Promise<string> {
    const stored = await this.#read()
    const fresh = this.#fresh(stored)
    if (fresh !== undefined) return fresh
    if (stored === undefined) throw new Error('Nobody is signed in.')
    const { refreshToken } = stored
    const response = await this.#request({ grant_type: 'refresh_token', refresh_token: refreshToken })
    if (response.status === 400) {
      const current = await this.#read()
      const late = this.#fresh(current)
      if (late !== undefined) return late
      if (current?.refreshToken === refreshToken) await this.#options.redis.del(this.#tokensKey)
      throw new Error('The session is over: sign in again.')
    }
    return this.#save(response)
  }

  async #request(parameters: Record<string, string>): Promise<Response> {
    const { tokenEndpoint, clientId, clientSecret, fetch } = this.#options
    const body = new URLSearchParams({ ...parameters, client_id: clientId, client_secret: clientSecret })
    return fetch(tokenEndpoint, { method: 'POST', body })
  }

  async #save(response: Response): Promise<string> {
    if (!response.ok) throw new Error(`The token endpoint answered ${response.status}.`)
    const answer = (await response.json()) as Record<string, unknown>
    const set: HandMadeSet = {
      accessToken: String(answer['access_token']),
      refreshToken: String(answer['refresh_token']),
      expiresAt: this.#options.now() + Number(answer['expires_in']) * 1000,
    }
    await this.#options.redis.set(this.#tokensKey, JSON.stringify(set))
    this.#held = set
    return set.accessToken
  }

  async #read(): Promise<HandMadeSet | undefined> {
    const text = await this.#options.redis.get(this.#tokensKey)
    this.#held = text === null ? undefined : (JSON.parse(text) as HandMadeSet)
    return this.#held
  }

  /** The access token, if it still lives. */
  #fresh(set: HandMadeSet | undefined): string | undefined {
    return set !== undefined && set.expiresAt - 5000 > this.#options.now() ? set.accessToken : undefined
  }
}
