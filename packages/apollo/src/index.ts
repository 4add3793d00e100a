export { accessTokenLink } from './access-token-link.ts'
export type { AccessTokenLinkOptions, RefusedAnswer } from './access-token-link.ts'
export { toSource } from '@evergrant/core/source'
export type { GetAccessToken, PlainSourceOptions } from '@evergrant/core/source'
