import type { PlaceTokens } from './place-tokens.ts'
import { tokensAt } from './place-tokens.ts'
import type { RequestPlace } from './request-place.ts'
import type { RequestLike, SessionCookie } from './request-session.ts'
import { createSessionWorld, signedIn } from './sessions.test-support.ts'
import type { Mode, SessionWorld } from './sessions.test-support.ts'
import type { Sessions } from './sessions.ts'

/** A place that sets cookies, as an action does, or none, as a component does. */
class FakePlace implements RequestPlace {
  readonly advice = 'Call it in an action.'
  readonly request: RequestLike
  readonly written: (readonly SessionCookie[])[] = []
  readonly #isWritable: boolean

  constructor(request: RequestLike, isWritable: boolean) {
    this.request = request
    this.#isWritable = isWritable
  }

  readonly canSetCookies = async (): Promise<boolean> => this.#isWritable

  readonly setCookies = async (cookies: readonly SessionCookie[]): Promise<void> => {
    this.written.push(cookies)
  }
}

export interface PlaceWorld extends SessionWorld {
  readonly place: FakePlace
  readonly sessions: Sessions
  readonly tokens: PlaceTokens
  readonly refreshes: () => number
}

/** Somebody has signed in, and a request of theirs is served. */
export async function createPlace(tokensIn: Mode, where: 'component' | 'action'): Promise<PlaceWorld> {
  const world = createSessionWorld()
  const sessions = world.instance(tokensIn)
  const jar = await signedIn(world, sessions)
  const place = new FakePlace(jar.request(), where === 'action')
  const refreshes = (): number => world.tokenRequests('refresh_token')
  return { ...world, place, sessions, tokens: tokensAt(sessions, place), refreshes }
}
