import type { Authorization } from './authorization.ts'
import { bindingOf, credentialKey } from './credential-key.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import { DisposedError } from './errors/disposed-error.ts'
import { resolveOptions } from './manager-options.ts'
import type { ResolvedOptions, SharedOptions } from './manager-options.ts'
import { TokenManager } from './token-manager.ts'
import { validateAuthorization } from './validate.ts'

/** Options of {@link createUserTokens}. */
export interface UserTokensOptions extends SharedOptions {
  /** How many users' managers are kept ready; the longest unused one is put aside. Its tokens stay in the store. Default 10 000. */
  readonly maxUsers?: number | undefined
}

/** A bounded map of managers, one per user, that share store, timers and clock. */
export class UserTokens {
  readonly #authorization: Authorization<never>
  readonly #options: ResolvedOptions
  readonly #maxUsers: number
  readonly #managers = new Map<string, TokenManager>()
  #isDisposed = false

  /** Use {@link createUserTokens}. */
  constructor(authorization: Authorization<never>, options: ResolvedOptions, maxUsers: number) {
    this.#authorization = authorization
    this.#options = options
    this.#maxUsers = maxUsers
  }

  /**
   * The manager of one user. It never holds the application's own token: a user who has not signed in gets a
   * `ReauthorizationRequiredError`.
   * @throws {ConfigurationError} the user id is not a non-empty string
   * @throws {DisposedError} the user tokens were disposed
   */
  readonly for = (userId: string): TokenManager => {
    if (typeof userId !== 'string' || userId === '') {
      throw new ConfigurationError('A user needs an id', [
        'Pass the id of the signed-in user, a non-empty string.',
      ])
    }
    if (this.#isDisposed) throw new DisposedError('These user tokens were disposed. Create new ones.')
    const known = this.#managers.get(userId)
    const manager = known ?? this.#create(userId)
    // Re-inserted, so that the first key is always the longest unused one.
    this.#managers.delete(userId)
    this.#managers.set(userId, manager)
    if (known === undefined) this.#makeRoom()
    return manager
  }

  /** Puts a user's manager aside, for one that was made in vain. Its tokens stay in the store; `for` makes another one. */
  readonly forget = (userId: string): void => {
    this.#managers.get(userId)?.rest()
    this.#managers.delete(userId)
  }

  /** Disposes every user's manager. */
  readonly dispose = async (): Promise<void> => {
    this.#isDisposed = true
    const managers = [...this.#managers.values()]
    this.#managers.clear()
    await Promise.all(managers.map(manager => manager.dispose()))
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }

  #create(userId: string): TokenManager {
    const binding = bindingOf(this.#authorization)
    return new TokenManager(
      this.#authorization,
      credentialKey(this.#authorization.provider, binding, userId),
      this.#options,
    )
  }

  // Put aside, not disposed: somebody may still hold it, and it shares flights with its successor.
  #makeRoom(): void {
    const [oldest] = this.#managers
    if (this.#managers.size <= this.#maxUsers || oldest === undefined) return
    this.#managers.delete(oldest[0])
    oldest[1].rest()
  }
}

/**
 * Creates the managers of users who sign in. The authorization holds no grant, so that no user can ever receive the
 * application's own token.
 * @throws {ConfigurationError} the authorization holds a grant, or an option cannot work
 * @example
 * const customers = createUserTokens(travis.customers({ clientId, clientSecret }))
 * await customers.for(userId).signIn(passwordGrant({ username, password }))
 */
export function createUserTokens(
  authorization: Authorization<never>,
  options: UserTokensOptions = {},
): UserTokens {
  validateAuthorization(authorization)
  if (authorization.grant !== undefined) {
    throw new ConfigurationError(`${authorization.provider} holds a grant of the application`, [
      'createUserTokens takes an authorization without one, such as travis.customers or erStudioTeamServer.users.',
    ])
  }
  const maxUsers = options?.maxUsers ?? 10_000
  if (!Number.isInteger(maxUsers) || maxUsers < 1) {
    throw new ConfigurationError('The options cannot work', ['maxUsers must be a positive whole number.'])
  }
  return new UserTokens(authorization, resolveOptions(options), maxUsers)
}
