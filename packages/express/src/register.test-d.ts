// Compiled by `tsc`, never run: what the types allow and refuse once the names are registered.
import type { TokenManager, UserTokens } from '@evergrant/core'
import type { AccessTokenSource } from '@evergrant/core/source'
import type { RequestSession, Sessions } from '@evergrant/server'
import type { Request } from 'express'
import { accessTokens, apiProxy, authRoutes } from './index.ts'

interface FleetTokens extends AccessTokenSource {
  readonly explain: () => string
}

declare module './index.ts' {
  interface Register {
    tokens: {
      travis: FleetTokens
      truphone: AccessTokenSource
      customer: AccessTokenSource
      user: TokenManager
      session: RequestSession
    }
  }
}

declare const fleet: FleetTokens
declare const source: AccessTokenSource
declare const request: Request
declare const users: UserTokens
declare const sessions: Sessions

// A registered name has its own type, without "or undefined".
request.tokens.travis.explain() satisfies string
request.tokens.truphone satisfies AccessTokenSource
// @ts-expect-error -- the name is not registered
void request.tokens.trufone
// @ts-expect-error -- names cannot be reassigned
request.tokens.truphone = source

// Each middleware brings some of the names.
accessTokens({ travis: fleet })
accessTokens({ truphone: source, customer: () => source })
// A function gets Express' request.
accessTokens({ customer: ({ headers }) => (headers.authorization === undefined ? source : fleet) })
// @ts-expect-error -- the name is not registered
accessTokens({ trufone: source })
// @ts-expect-error -- a plain source lacks what was registered for this name
accessTokens({ travis: source })
// @ts-expect-error -- a promise comes too late
accessTokens({ customer: async () => source })

// The tokens of each user need a subject.
const subject = (asked: Request): string | undefined => asked.get('x-user')
accessTokens({ user: { users, subject }, customer: { users, subject: ({ ip }) => ip } })
// @ts-expect-error -- whose tokens?
accessTokens({ user: { users } })
// @ts-expect-error -- whose tokens?
accessTokens({ user: users })
// @ts-expect-error -- a promise is no user id
accessTokens({ user: { users, subject: async () => 'anna' } })

// Sessions, with and without a name; a session is more than a source.
accessTokens({ session: sessions, customer: { sessions } })
request.tokens.session.signOut satisfies () => Promise<unknown>
// @ts-expect-error -- a session is no token manager
accessTokens({ user: sessions })
// @ts-expect-error -- sessions find requests, not users
accessTokens({ session: { users: sessions, subject } })

// A token of the application needs somebody who says who may use it.
const options = { target: 'https://api.example.com/', allow: ['GET vehicles'] }
apiProxy(sessions, options)
apiProxy(({ tokens }) => tokens.customer, options)
apiProxy(source, { ...options, authorize: ({ ip }) => ip !== undefined })
// @ts-expect-error -- authorize is missing
apiProxy(source, options)
authRoutes(sessions, { tokenMediation: true, onError: (_error, { path }) => void path })
