// Compiled by `tsc`, never run: what the types allow and refuse once the names are registered.
import type { AccessTokenSource } from '@evergrant/core/source'
import type { Request } from 'express'
import { accessTokens } from './index.ts'

interface FleetTokens extends AccessTokenSource {
  readonly explain: () => string
}

declare module './index.ts' {
  interface Register {
    tokens: { travis: FleetTokens; truphone: AccessTokenSource; customer: AccessTokenSource }
  }
}

declare const fleet: FleetTokens
declare const source: AccessTokenSource
declare const request: Request

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
