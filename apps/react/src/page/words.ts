import type { BrowserEvent } from '@evergrant/browser'
import { timeOf } from '@evergrant/page-kit/page'
import { AnswerError } from './ask.ts'

/** Why there are no records, or no newer ones. */
export function recordsFailure(error: unknown): string {
  if (error instanceof AnswerError)
    return error.status === 401 ? `${error.message} ${tooYoung}` : error.message
  const { code } = error as { readonly code?: string }
  if (code === 'superseded') return 'Somebody else is signed in now.'
  if (code === 'reauthorization_required') return 'Nobody is signed in any more.'
  return 'No answer came: the network or the server is away.'
}

const tooYoung = 'A token that is seconds old is not replaced over a refusal: ask again in a moment.'

/** What happened, in words. */
export function eventSentence(event: BrowserEvent): string {
  switch (event.type) {
    case 'signed-in':
      return 'Somebody is signed in.'
    case 'signed-out':
      return 'Nobody is signed in any more.'
    case 'token-obtained':
      return `Obtained an access token from the server${until(event.expiresAt)}.`
    case 'token-adopted':
      return `Took an access token over from another tab${until(event.expiresAt)}.`
    case 'request-failed':
      return `Could not ask the server. Asks again in ${Math.ceil(event.retryInMs / 1000)} s.`
    case 'lock-timed-out':
      return 'Another tab held the lock for too long; went on without it.'
  }
}

function until(expiresAt: number | undefined): string {
  return expiresAt === undefined ? '' : `; it ends at ${timeOf(expiresAt)}`
}
