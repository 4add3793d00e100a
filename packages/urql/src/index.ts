export { accessTokenAuth } from './access-token-auth.ts'
export type { AccessTokenAuthOptions } from './access-token-auth.ts'
export { toSource } from '@evergrant/core/source'
