export { accessTokenInterceptor } from './access-token-interceptor.ts'
export type { AccessTokenInterceptorOptions } from './access-token-interceptor.ts'
