export { accessTokenConfig } from './access-token-config.ts'
export type { AccessTokenConfigOptions } from './access-token-config.ts'
export { accessTokenMiddleware } from './access-token-middleware.ts'
export { toSource } from '@evergrant/core/source'
