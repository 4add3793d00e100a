import type { Clock, EvergrantEvent } from '@evergrant/core'
import type { SessionObserver } from '@evergrant/server'
import type { Request } from 'express'

/**
 * The tokens of the session that the request names in its path, for as long as that session lasts: with its end the
 * answer ends, too, and no event is told any more. Undefined: the request's cookie belongs to no such session.
 * @throws {StoreError} the store is down
 */
export async function untilSessionEnds(request: Request, clock: Clock): Promise<SessionObserver | undefined> {
  const { params, res: response } = request
  const { customer } = request.tokens
  const state = await customer.getState()
  if (state.status !== 'authenticated' || state.signInId !== params['session']) return undefined
  const tokens = await customer.observe()
  // Who has left is not told any more that the answer is over: nothing would end what is begun here.
  if (tokens === undefined || response === undefined || response.destroyed) return undefined
  let isOver = false
  const end = (): void => {
    isOver = true
    response.end()
  }
  const watched = tokens.subscribe(event => {
    if (isEnd(event)) end()
  })
  // The page asks for another stream if the session goes on: it may have been prolonged since.
  const cancel = clock.schedule(end, state.expiresAt - clock.wall())
  response.once('close', () => {
    watched()
    cancel()
  })
  // It may have ended before anybody watched.
  if (tokens.explain().step.action === 'reauthorize') return undefined
  return {
    explain: tokens.explain,
    subscribe: listener =>
      tokens.subscribe(event => {
        if (!isOver && !isEnd(event)) listener(event)
      }),
  }
}

function isEnd({ type }: EvergrantEvent): boolean {
  return type === 'signed-out'
}
