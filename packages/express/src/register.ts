import type { AccessTokenSource } from '@evergrant/core/source'

/**
 * Names the tokens of your requests. Extend it once:
 * `declare module '@evergrant/express' { interface Register { tokens: { travis: TokenManager } } }`.
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- users fill it
export interface Register {}

/** What `req.tokens` holds: the registered names, or any name as long as nothing is registered. */
export type RequestTokens = Register extends { readonly tokens: infer Tokens }
  ? Readonly<Tokens>
  : Readonly<Record<string, AccessTokenSource>>

declare global {
  namespace Express {
    interface Request {
      /** Access tokens by name, from `accessTokens()`. Nothing is fetched before somebody asks. */
      tokens: RequestTokens
    }
  }
}
