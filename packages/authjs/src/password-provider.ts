import { CredentialsSignin } from '@auth/core/errors'
import type { CredentialsConfig } from '@auth/core/providers/credentials'
import type { User } from '@auth/core/types'
import {
  isAuthorizationServerError,
  isNetworkError,
  isTooManyAttemptsError,
  passwordGrant,
} from '@evergrant/core'
import type { SessionTicket, TicketedTokens } from '@evergrant/server'
import type { PasswordSignIn } from './sign-in.ts'

// Beside the user and not in it: applications log what their callbacks and events receive.
const tickets = new WeakMap<User, SessionTicket>()

/** The ticket of a user whom {@link passwordProvider} has just signed in. */
export function ticketOfUser(user: User | undefined): SessionTicket | undefined {
  return user && tickets.get(user)
}

/** Why a sign-in failed, as the `code` of Auth.js' redirect: it hints at no account. */
class RefusedSignIn extends CredentialsSignin {
  override readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** Auth.js' credentials provider for a {@link PasswordSignIn}. The password is used once and dropped. */
export function passwordProvider({ id, name }: PasswordSignIn, tokens: TicketedTokens): CredentialsConfig {
  return {
    id,
    name,
    type: 'credentials',
    credentials: {
      username: { label: 'User name', autocomplete: 'username' },
      password: { label: 'Password', type: 'password', autocomplete: 'current-password' },
    },
    authorize: async ({ username, password }) => {
      if (typeof username !== 'string' || typeof password !== 'string') return null
      if (username === '' || password === '') return null
      try {
        const ticket = await tokens.signIn({ grant: passwordGrant({ username, password }), username })
        const user: User = { id: username.toLowerCase(), name: username }
        tickets.set(user, ticket)
        return user
      } catch (error) {
        throw codeOf(error)
      }
    },
  }
}

function codeOf(error: unknown): unknown {
  if (isTooManyAttemptsError(error)) return new RefusedSignIn('too_many_attempts')
  if (isNetworkError(error)) return new RefusedSignIn('try_again')
  const isRefused = isAuthorizationServerError(error) && error.code === 'credentials_rejected'
  return isRefused ? new RefusedSignIn('credentials') : error
}
