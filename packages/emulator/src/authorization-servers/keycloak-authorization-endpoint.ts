import type { Exchange } from '../exchange.ts'
import type { KeycloakHabits } from '../habits/habits.ts'
import { requestCookie } from '../http/request-cookie.ts'
import { readForm } from '../http/form.ts'
import { noteClaims } from './facts.ts'
import type { KeycloakAuthorizationCodes } from './keycloak-authorization-codes.ts'
import { judgeAuthorizationRequest } from './keycloak-authorization-request.ts'
import type { AuthorizationRequest, RefusedRequest } from './keycloak-authorization-request.ts'
import { logInErrorPage, logInPage } from './keycloak-log-in-page.ts'
import { KeycloakLogIns } from './keycloak-log-ins.ts'
import type { PendingLogIn } from './keycloak-log-ins.ts'
import type { KeycloakRealm, KeycloakUser } from './keycloak-realm.ts'
import type { KeycloakTokens } from './keycloak-tokens.ts'

const browserCookie = 'AUTH_SESSION_ID'

/**
 * The people's side of one realm: the authorization endpoint and its log-in page. Nobody stays signed in here: every
 * authorization request shows the page.
 * @see RFC 6749 §4.1, RFC 9207, OpenID Connect Core §3.1.2
 */
export class KeycloakAuthorizationEndpoint {
  readonly #realm: KeycloakRealm
  readonly #tokens: KeycloakTokens
  readonly #codes: KeycloakAuthorizationCodes
  readonly #logIns = new KeycloakLogIns()
  readonly #redirectUris = new Map<string, readonly string[]>()
  #requiresPkce = false

  constructor(realm: KeycloakRealm, tokens: KeycloakTokens, codes: KeycloakAuthorizationCodes) {
    this.#realm = realm
    this.#tokens = tokens
    this.#codes = codes
  }

  configure({ pkce }: KeycloakHabits): void {
    if (pkce !== undefined) this.#requiresPkce = pkce === 'required'
  }

  /** Replaces the registered redirect URIs of a client. */
  setRedirectUris(clientId: string, uris: readonly string[]): void {
    this.#redirectUris.set(clientId, uris)
  }

  /** Answers an authorization request, by GET or by POST, with the log-in page or with a refusal. */
  readonly authorize = async (exchange: Exchange, issuer: string): Promise<Response> => {
    const isPost = exchange.request.method === 'POST'
    const parameters = isPost ? await readForm(exchange.request) : exchange.query
    this.#note(exchange, { clientId: parameters.get('client_id') })
    const rules = {
      redirectUris: (clientId: string) => this.#redirectUris.get(clientId) ?? [],
      requiresPkce: this.#requiresPkce,
    }
    const judged = judgeAuthorizationRequest(this.#realm, rules, parameters)
    if (judged.kind === 'shown') return this.#show(exchange, judged.error, judged.message)
    if (judged.kind === 'refused') return this.#refuse(exchange, issuer, judged)
    const { request } = judged
    const presented = requestCookie(exchange.request, browserCookie)
    const { code, browser } = this.#logIns.begin(request, presented, this.#realm.clock.now())
    const response = this.#page(request, issuer, code, request.loginHint ?? '')
    response.headers.set('set-cookie', cookieOf(browser, issuer))
    return response
  }

  /** Answers the form of the log-in page. */
  readonly authenticate = async (exchange: Exchange, issuer: string): Promise<Response> => {
    const form = await readForm(exchange.request)
    const browser = requestCookie(exchange.request, browserCookie)
    if (browser === undefined) {
      const message = 'Cookie not found. Please make sure cookies are enabled in your browser.'
      return this.#show(exchange, 'cookie_not_found', message)
    }
    const pending = this.#logIns.take(form.get('session_code'), browser, this.#realm.clock.now())
    if (pending === undefined) {
      const message = 'Page has expired. Go back to the application and sign in again.'
      return this.#show(exchange, 'expired_code', message)
    }
    const { client, redirectUri, state } = pending.request
    this.#note(exchange, { clientId: client.clientId, username: form.get('username') })
    if (form.has('cancel')) {
      const description = 'User cancelled the sign-in'
      return this.#refuse(exchange, issuer, { redirectUri, state, error: 'access_denied', description })
    }
    const user = this.#userOf(form)
    if (user === undefined) return this.#again(exchange, issuer, pending, form.get('username') ?? '')
    return this.#complete(pending.request, user, issuer)
  }

  #userOf(form: URLSearchParams): KeycloakUser | undefined {
    const username = form.get('username')?.trim().toLowerCase()
    const user = this.#realm.users.find(candidate => candidate.username === username)
    return user !== undefined && user.password === form.get('password') ? user : undefined
  }

  #complete(request: AuthorizationRequest, account: KeycloakUser, issuer: string): Response {
    const { client, redirectUri, scope, state, nonce, challenge } = request
    const { clientId } = client
    const now = this.#realm.clock.now()
    const { id } = this.#tokens.sessions.start({ clientId, account, scope }, now)
    const code = this.#codes.issue({ clientId, sessionId: id, redirectUri, nonce, challenge }, now)
    return redirect(redirectUri, { state, session_state: id, iss: issuer, code })
  }

  #again(exchange: Exchange, issuer: string, pending: PendingLogIn, username: string): Response {
    exchange.facts.error = 'invalid_user_credentials'
    const code = this.#logIns.again(pending)
    return this.#page(pending.request, issuer, code, username, 'Invalid username or password.')
  }

  #page(
    { client }: AuthorizationRequest,
    issuer: string,
    code: string,
    username: string,
    error?: string,
  ): Response {
    const action = `${issuer}/login-actions/authenticate`
    return logInPage({ realm: this.#realm.name, clientId: client.clientId, action, code, username, error })
  }

  #show(exchange: Exchange, error: string, message: string): Response {
    exchange.facts.error = error
    return logInErrorPage(message)
  }

  #refuse(exchange: Exchange, issuer: string, refused: RefusedRequest): Response {
    const { redirectUri, state, error, description } = refused
    exchange.facts.error = error
    return redirect(redirectUri, { error, error_description: description, state, iss: issuer })
  }

  #note(
    exchange: Exchange,
    claimed: { readonly clientId: string | null; readonly username?: string | null },
  ): void {
    noteClaims(exchange.facts, claimed, {
      clientIds: this.#realm.clients.map(({ clientId }) => clientId),
      usernames: this.#realm.users.map(({ username }) => username),
    })
  }
}

function redirect(uri: string, parameters: Readonly<Record<string, string | undefined>>): Response {
  const target = new URL(uri)
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) target.searchParams.append(name, value)
  }
  const headers = {
    location: target.href,
    'cache-control': 'no-store, must-revalidate, max-age=0',
    'referrer-policy': 'no-referrer',
  }
  return new Response(null, { status: 302, headers })
}

function cookieOf(browser: string, issuer: string): string {
  const { pathname, protocol } = new URL(issuer)
  const secure = protocol === 'https:' ? '; Secure' : ''
  return `${browserCookie}=${browser}; Path=${pathname}/; HttpOnly; SameSite=Lax${secure}`
}
