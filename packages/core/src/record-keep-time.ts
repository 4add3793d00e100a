import type { TokenRecord } from './token-record.ts'

/** What the clocks of servers and stores may be apart, and the time in which somebody may still look what became of it. */
const marginMs = 86_400_000

/**
 * Decides how long a store must keep a record, in milliseconds from its write: a day longer than anything in it can be
 * used. Undefined: for ever, because an end is not known, or because the record holds processes back (a sign-out, a
 * password that was refused) that would go on without it.
 */
export function recordKeepMs({
  access,
  refresh,
  claim,
  failure,
  signedOut,
}: TokenRecord): number | undefined {
  if (signedOut || failure?.kind === 'credentials-rejected') return undefined
  const tokens = [...Object.values(access), ...(refresh ? [refresh] : [])]
  if (tokens.length === 0) return undefined
  const longestMs = Math.max(
    claim?.holdMs ?? 0,
    failure?.retryInMs ?? 0,
    ...tokens.map(({ remainingAtWriteMs }) => remainingAtWriteMs ?? Number.POSITIVE_INFINITY),
  )
  return longestMs === Number.POSITIVE_INFINITY ? undefined : Math.ceil(longestMs) + marginMs
}
