import { requestLike } from '@evergrant/page-kit/server'
import type { SessionSource } from '@evergrant/server'
import type { Request, RequestHandler } from 'express'

/** Sign-ins that are counted at a time; the oldest is forgotten. */
const mostSignIns = 200

/** Counts how often the token route has handed out a token for each sign-in: once for all tabs together. */
export class TokenCounter {
  readonly #counts = new Map<string, number>()
  readonly #sessions: SessionSource

  constructor(sessions: SessionSource) {
    this.#sessions = sessions
  }

  /** Goes before the auth routes. */
  readonly watch: RequestHandler = async (request, response, next) => {
    if (request.path !== '/token') return next()
    const signInId = await this.#signInId(request)
    response.once('finish', () => {
      if (signInId !== undefined && response.statusCode === 200) this.count(signInId)
    })
    next()
  }

  /** Answers `{ count }` for whoever is signed in. */
  readonly tell: RequestHandler = async (request, response) => {
    const signInId = await this.#signInId(request)
    response.json({ count: signInId === undefined ? 0 : this.countOf(signInId) })
  }

  count(signInId: string): void {
    const count = this.countOf(signInId) + 1
    this.#counts.delete(signInId)
    this.#counts.set(signInId, count)
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > mostSignIns && oldest !== undefined) this.#counts.delete(oldest)
  }

  countOf(signInId: string): number {
    return this.#counts.get(signInId) ?? 0
  }

  async #signInId(request: Request): Promise<string | undefined> {
    const state = await this.#sessions.for(requestLike(request)).getState()
    return state.status === 'authenticated' ? state.signInId : undefined
  }
}
