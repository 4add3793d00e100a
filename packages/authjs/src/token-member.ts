import type { SessionTicket } from '@evergrant/server'

/** The one member of Auth.js' JWT that is ours. */
export const memberName = 'evergrant'

/** What it holds: the ticket, and which of the sign-ins it belongs to. */
export interface TokenMember extends SessionTicket {
  readonly signIn: string
}

type Claims = Readonly<Record<string, unknown>>

/** Reads our member; undefined: this session has none of our tokens. */
export function memberOf(token: Claims | null | undefined): TokenMember | undefined {
  const member = token?.[memberName]
  if (typeof member !== 'object' || member === null) return undefined
  return 'signIn' in member && typeof member.signIn === 'string' && 'id' in member
    ? (member as TokenMember)
    : undefined
}

/** The claims without our member: what callbacks of the application see. */
export function withoutMember<T extends Claims>(token: T): T {
  const { [memberName]: _member, ...rest } = token
  return rest as T
}

/** The claims with our member, whatever stood there: a page's `update()` must not be able to put a foreign one in. */
export function withMember<T extends Claims>(token: T, member: TokenMember | undefined): T {
  const rest = withoutMember(token)
  return member === undefined ? rest : { ...rest, [memberName]: member }
}
