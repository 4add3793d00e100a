import type { AccessTokenSource } from '@evergrant/core'
import { LazySource } from './lazy-source.ts'
import { nobodySignedInError } from './nobody-signed-in.ts'
import type { OpenedTicket } from './ticketed-tokens.ts'

/**
 * The tokens of a request whose ticket has to be found first. Answers read it and cannot bring a new one: with tokens that
 * travel in the ticket a token that is due is a `NeedsRefreshError`. Does no I/O before it is used.
 */
export function createTicketSource(
  open: () => Promise<OpenedTicket | undefined>,
  fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init),
): AccessTokenSource {
  return new LazySource({
    open: async () => {
      const opened = await open()
      if (opened === undefined) throw nobodySignedInError()
      return opened.readOnly
    },
    afterwards: async () => undefined,
    fetch,
  })
}
