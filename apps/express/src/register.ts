import type { AccessTokenSource } from '@evergrant/core'
import type { ProviderName } from './provider-name.ts'

declare module '@evergrant/express' {
  interface Register {
    tokens: Record<ProviderName | 'customer', AccessTokenSource>
  }
}
