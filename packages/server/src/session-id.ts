import { base64url } from 'jose'

/** The names of one session. Only `secret` opens it. */
export interface SessionId {
  /** 256 random bits, in the cookie and nowhere else. */
  readonly secret: string
  /** Names the session in the store, in keys and in events. */
  readonly storeName: string
  /** Names the sign-in to the browser. */
  readonly signInId: string
}

const secretPattern = /^[\w-]{43}$/

/** Draws a new session id. */
export function newSessionId(): Promise<SessionId> {
  return sessionIdOf(base64url.encode(crypto.getRandomValues(new Uint8Array(32))))
}

/** Derives the other names from the secret. The caller has checked its form with {@link isSessionSecret}. */
export async function sessionIdOf(secret: string): Promise<SessionId> {
  const [storeName, signInId] = await Promise.all([
    digest(`evergrant session in the store ${secret}`),
    digest(`evergrant sign-in for the browser ${secret}`),
  ])
  return { secret, storeName, signInId: signInId.slice(0, 22) }
}

/** Tells whether a cookie's value has the form of a session's secret. */
export function isSessionSecret(value: string): boolean {
  return secretPattern.test(value)
}

async function digest(text: string): Promise<string> {
  return base64url.encode(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  )
}
