/**
 * What an authorization server does when a refresh token comes a second time: it refuses it and nothing else, or it ends
 * the whole family (RFC 9700 §4.14.2).
 */
export type ReplayHabit = 'refuses' | 'ends the family'

/** How long the model's access tokens live, in milliseconds. */
export const lifetimeMs = 300_000

/** The simplest strict authorization server: every refresh token works once, and brings the next one. */
export class ModelServer {
  readonly #habit: ReplayHabit
  #live = 0
  #isOver = false
  /** Refresh tokens that came although they had been used. */
  replays = 0

  constructor(habit: ReplayHabit, issued = 0) {
    this.#habit = habit
    this.#live = issued
  }

  /** The refresh token that works now. */
  get live(): string | undefined {
    return this.#isOver ? undefined : refreshToken(this.#live)
  }

  /** The access token that was issued last. */
  get newest(): string {
    return `fake-access-${this.#live}`
  }

  /** Acts on a token request at once; the answer may still take its time. */
  answer(parameters: URLSearchParams): Response {
    if (parameters.get('grant_type') === 'refresh_token' && parameters.get('refresh_token') !== this.live) {
      this.replays++
      if (this.#habit === 'ends the family') this.#isOver = true
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    }
    this.#live++
    return Response.json({
      access_token: this.newest,
      refresh_token: refreshToken(this.#live),
      token_type: 'Bearer',
      expires_in: lifetimeMs / 1000,
    })
  }
}

function refreshToken(number: number): string {
  return `fake-refresh-${number}`
}
