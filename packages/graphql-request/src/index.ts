export { accessTokenConfig } from './access-token-config.ts'
export type { AccessTokenConfigOptions } from './access-token-config.ts'
export { accessTokenMiddleware } from './access-token-middleware.ts'
