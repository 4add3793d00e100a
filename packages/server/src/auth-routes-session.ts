import type { AuthCall, AuthRoute } from './auth-routes-contract.ts'
import { refusalAnswer } from './error-answer.ts'
import { jsonAnswer } from './json-answer.ts'
import { invalidBody, readJsonBody } from './json-body.ts'
import type { SessionState, SignInCredentials } from './request-session.ts'

/** `POST sign-in` with `{ username, password }`: answers the session that began. */
export const signInRoute: AuthRoute = {
  methods: ['POST'],
  isSignIn: true,
  async answer(call) {
    const { members, refusal } = await readJsonBody(call.request, { maxBytes: 8192, isOptional: false })
    if (refusal !== undefined) return refusalAnswer(refusal)
    const credentials = readCredentials(members)
    if (credentials === undefined) return refusalAnswer(invalidCredentials)
    await call.session.signIn(credentials, { clientAddress: call.clientAddress })
    return sessionAnswer(call)
  },
}

/** `POST sign-out`: ends the session, also where the provider does not confirm it. */
export const signOutRoute: AuthRoute = {
  methods: ['POST'],
  async answer({ session, onError }) {
    const { isSessionEnded, error } = await session.signOut()
    if (error !== undefined) onError(error)
    return jsonAnswer(200, { status: 'unauthenticated', isProviderSessionEnded: isSessionEnded })
  },
}

/** `GET session`: who is signed in. */
export const sessionRoute: AuthRoute = {
  methods: ['GET', 'HEAD'],
  answer: sessionAnswer,
}

async function sessionAnswer(call: AuthCall): Promise<Response> {
  return jsonAnswer(200, describeSession(await call.session.getState(), call))
}

function describeSession(state: SessionState, { mode, now }: AuthCall): Record<string, unknown> {
  if (state.status === 'unauthenticated') return { status: state.status, mode }
  const { status, signInId, username, expiresAt } = state
  // How long, and not until when: the clock of the page may be wrong.
  return { status, mode, signInId, username, expiresInMs: Math.max(0, expiresAt - now()) }
}

const longestCredential = 1024

const invalidCredentials = invalidBody(
  `username and password must be texts of 1 to ${longestCredential} characters.`,
)

function readCredentials(members: Readonly<Record<string, unknown>>): SignInCredentials | undefined {
  const { username, password } = members
  if (typeof username !== 'string' || typeof password !== 'string') return undefined
  // Spaces around a name are slips of a keyboard; a password may have them.
  const name = username.trim()
  return isCredential(name) && isCredential(password) ? { username: name, password } : undefined
}

function isCredential(text: string): boolean {
  return text.length > 0 && text.length <= longestCredential
}
