import type { UserCredentials } from '../credentials.ts'
import type { Exchange } from '../exchange.ts'
import { basicCredentials } from '../http/authorization-header.ts'
import type { BasicEncoding } from '../http/authorization-header.ts'
import { duplicatedParameter, isForm, readForm } from '../http/form.ts'
import { ProtocolError } from '../http/protocol-error.ts'
import { json, noStore } from '../http/responses.ts'
import { noteClaims } from './facts.ts'
import type { TokenLedger } from './token-ledger.ts'

/** An API user of the Manager application; it comes with a client of its own. */
export interface IrisApiUser extends UserCredentials {
  readonly permissions: readonly string[]
}

/**
 * IRIS' `/token`: the password grant by client_secret_basic, scope `api`, no refresh token. The software is not
 * stated, so errors are those of RFC 6749 §5.2.
 */
export class IrisAuthorization {
  basicEncoding: BasicEncoding = 'rfc'
  readonly #users: readonly IrisApiUser[]
  readonly #ledger: TokenLedger

  constructor(
    options: TokenLedger & {
      readonly users: readonly IrisApiUser[]
    },
  ) {
    this.#users = options.users
    this.#ledger = options
  }

  /** @throws {ProtocolError} the request is refused */
  async respond(exchange: Exchange): Promise<Response> {
    exchange.facts.kind = 'token'
    const { request } = exchange
    if (request.method !== 'POST') {
      throw new ProtocolError(405, 'invalid_request', 'Use POST', { allow: 'POST' })
    }
    if (!isForm(request)) {
      throw new ProtocolError(415, 'invalid_request', 'Use application/x-www-form-urlencoded')
    }
    const form = await readForm(request)
    this.#note(exchange, form)
    const clientId = this.#authenticate(request, form)
    this.#checkForm(form)
    const user = this.#users.find(candidate => candidate.username === form.get('username'))
    if (!user || user.password !== form.get('password') || user.clientId !== clientId) {
      throw new ProtocolError(400, 'invalid_grant', 'Invalid username or password')
    }
    return this.#issue(user)
  }

  #note(exchange: Exchange, form: URLSearchParams): void {
    const basic = basicCredentials(exchange.request, this.basicEncoding)
    const clientId = typeof basic === 'object' ? basic.clientId : form.get('client_id')
    noteClaims(
      exchange.facts,
      { grantType: form.get('grant_type'), clientId, username: form.get('username') },
      {
        clientIds: this.#users.map(user => user.clientId),
        usernames: this.#users.map(user => user.username),
      },
    )
  }

  /** "Applications has to supply client_id and client_secret through basic authentication." */
  #authenticate(request: Request, form: URLSearchParams): string {
    const basic = basicCredentials(request, this.basicEncoding)
    if (basic && form.has('client_secret')) {
      throw new ProtocolError(400, 'invalid_request', 'Use one client authentication method')
    }
    const user =
      typeof basic === 'object' ? this.#users.find(({ clientId }) => clientId === basic.clientId) : undefined
    if (!user || typeof basic !== 'object' || user.clientSecret !== basic.clientSecret) {
      throw new ProtocolError(401, 'invalid_client', 'Client authentication failed', {
        'www-authenticate': 'Basic realm="IRIS"',
      })
    }
    return user.clientId
  }

  #checkForm(form: URLSearchParams): void {
    const grantType = form.get('grant_type')
    if (!grantType) throw new ProtocolError(400, 'invalid_request', 'grant_type is missing')
    if (duplicatedParameter(form) !== undefined) {
      throw new ProtocolError(400, 'invalid_request', 'A parameter is repeated')
    }
    if (grantType !== 'password') {
      throw new ProtocolError(400, 'unsupported_grant_type', 'The only grant type is password')
    }
    if (form.get('scope') !== 'api') throw new ProtocolError(400, 'invalid_scope', 'The scope must be api')
    for (const name of ['username', 'password']) {
      if (!form.get(name)) throw new ProtocolError(400, 'invalid_request', `${name} is missing`)
    }
  }

  #issue({ clientId, username, permissions }: IrisApiUser): Response {
    const accessToken = randomToken()
    const issuedAt = this.#ledger.clock.now()
    const { accessTokenMs } = this.#ledger.lifetimes
    this.#ledger.accessTokens.add(accessToken, {
      issuedAt,
      expiresAt: issuedAt + accessTokenMs,
      grant: {
        clientId,
        username,
        subject: username,
        sessionId: undefined,
        scope: ['api'],
        permissions: new Set(['api', ...permissions]),
        customerId: undefined,
      },
    })
    const expiresIn = Math.floor(accessTokenMs / 1_000)
    const body = { token_type: 'Bearer', expires_in: expiresIn, access_token: accessToken, scope: 'api' }
    return json(200, body, noStore)
  }
}

/** 256 random bits in base64url. */
function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
