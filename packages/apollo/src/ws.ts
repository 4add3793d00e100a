export { accessTokenSocket } from './access-token-socket.ts'
export type { AccessTokenSocketOptions } from './access-token-socket.ts'
export type { ExpiryClock, ExpiringSource } from './expiry-watch.ts'
