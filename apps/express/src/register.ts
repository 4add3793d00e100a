import type { AccessTokenSource } from '@evergrant/core'
import type { RequestSession } from '@evergrant/server'
import type { ProviderName } from './provider-name.ts'

declare module '@evergrant/express' {
  interface Register {
    tokens: Record<ProviderName, AccessTokenSource> & {
      /** The customer who signed in from the request's browser. */
      customer: RequestSession
    }
  }
}
