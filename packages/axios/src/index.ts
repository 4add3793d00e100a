export { attachAccessToken } from './attach-access-token.ts'
export type { AttachOptions } from './attach-access-token.ts'
