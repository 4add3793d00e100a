import type { Clock } from '@evergrant/core'
import type { Answer } from './fake-tabs.test-support.ts'

interface Issued {
  readonly accessToken: string
  readonly expiresAt: number
}

/**
 * A server in few lines, with the routes and habits of `@evergrant/server`: it keeps one access token for each sign-in
 * and scope, and renews it when less than `minTtlMs` is left, or when it is forced. The browser's cookie lives here.
 */
export class FakeServer {
  mode: 'proxy' | 'mediated' = 'mediated'
  lifetimeMs = 300_000
  /** Who is signed in. */
  session: { readonly signInId: string; readonly username: string } | undefined
  /** Answers in place of a route, by its name; undefined: the route answers. */
  instead: (route: string) => Response | undefined | Promise<Response | undefined> = () => undefined
  /** The routes that were asked, in order. */
  readonly asked: string[] = []
  /** What the token route was asked. */
  readonly questions: Record<string, unknown>[] = []
  /** Whose each token is. */
  readonly owners: Map<string, string> = new Map()
  /** When each token ends, in epoch milliseconds. */
  readonly expiries: Map<string, number> = new Map()
  readonly #clock: Pick<Clock, 'wall'>
  readonly #tokens = new Map<string, Issued>()
  #count = 0

  constructor(clock: Pick<Clock, 'wall'>) {
    this.#clock = clock
  }

  count(route: string): number {
    return this.asked.filter(name => name === route).length
  }

  /** Signs somebody in, as another page of the site would. */
  signIn(username: string): string {
    const signInId = `sign-in-${++this.#count}`
    this.session = { signInId, username }
    return signInId
  }

  readonly answer: Answer = async request => {
    const route = new URL(request.url).pathname.split('/').at(-1) ?? ''
    this.asked.push(route)
    const instead = await this.instead(route)
    if (instead) return instead
    const body = (request.method === 'POST' ? await request.json() : {}) as Record<string, unknown>
    switch (route) {
      case 'session':
        return this.#sessionAnswer()
      case 'sign-in':
        if (body['password'] !== 'fake-password') return refusal(401, 'credentials_rejected', 'Wrong.')
        this.signIn(String(body['username']))
        return this.#sessionAnswer()
      case 'sign-out':
        this.session = undefined
        return Response.json({ status: 'unauthenticated', isProviderSessionEnded: true })
      case 'token':
        return this.#tokenAnswer(body)
      default:
        return this.#proxyAnswer(request)
    }
  }

  #sessionAnswer(): Response {
    const { mode, session } = this
    return Response.json(
      session ? { status: 'authenticated', mode, ...session } : { status: 'unauthenticated', mode },
    )
  }

  #tokenAnswer(body: Record<string, unknown>): Response {
    this.questions.push(body)
    const { session } = this
    if (session === undefined) return refusal(401, 'reauthorization_required', 'Nobody is signed in.')
    if (body['signInId'] !== session.signInId) return refusal(409, 'session_changed', 'Somebody else.')
    const key = `${session.signInId} ${JSON.stringify(body['scope'])}`
    const now = this.#clock.wall()
    const held = this.#tokens.get(key)
    const wantedMs = Math.max(Number(body['minTtlMs'] ?? 0), this.lifetimeMs / 10)
    const isGood = held && held.expiresAt - now >= wantedMs && body['forceRefresh'] !== true
    const accessToken = isGood ? held.accessToken : `fake-token-${session.username}-${++this.#count}`
    const issued = isGood ? held : { accessToken, expiresAt: now + this.lifetimeMs }
    this.#tokens.set(key, issued)
    this.owners.set(accessToken, session.signInId)
    this.expiries.set(accessToken, issued.expiresAt)
    const { signInId } = session
    return Response.json({ accessToken, tokenType: 'Bearer', expiresInMs: issued.expiresAt - now, signInId })
  }

  #proxyAnswer({ headers }: Request): Response {
    const { session } = this
    if (headers.get('x-evergrant') !== '1') return refusal(403, 'header_missing', 'No.')
    if (session === undefined) return refusal(401, 'reauthorization_required', 'Nobody is signed in.')
    if (headers.get('x-evergrant-sign-in') !== session.signInId)
      return refusal(409, 'session_changed', 'Changed.')
    return Response.json({ owner: session.username })
  }
}

/** An answer of a route that says no. */
export function refusal(status: number, code: string, message: string, headers: HeadersInit = {}): Response {
  return Response.json({ error: { code, message } }, { status, headers })
}
