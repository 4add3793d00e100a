import { NetworkError } from '@evergrant/core/source'
import { timeOf } from '@evergrant/page-kit/page'
import { describe, expect, test } from 'vitest'
import { AnswerError } from './ask.ts'
import { eventSentence, recordsFailure } from './words.ts'

describe('words', () => {
  test.each([
    [new AnswerError(503), 'The API answered 503.'],
    [
      new AnswerError(401),
      'The API answered 401. A token that is seconds old is not replaced over a refusal: ask again in a moment.',
    ],
    [{ code: 'superseded' }, 'Somebody else is signed in now.'],
    [{ code: 'reauthorization_required' }, 'Nobody is signed in any more.'],
    [new TypeError('fetch failed'), 'No answer came: the network or the server is away.'],
  ])('of records that did not come: %o', (error, words) => {
    expect(recordsFailure(error)).toBe(words)
  })

  test('of every event end in a full stop and say when the token ends, where that is known', () => {
    const error = new NetworkError('away', { code: 'network_error', wasSent: true })
    const sentences = [
      eventSentence({ type: 'signed-in', signInId: 'one' }),
      eventSentence({ type: 'signed-out' }),
      eventSentence({ type: 'token-obtained', expiresAt: 0 }),
      eventSentence({ type: 'token-adopted', expiresAt: undefined }),
      eventSentence({ type: 'request-failed', error, retryInMs: 1200 }),
      eventSentence({ type: 'lock-timed-out' }),
    ]
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/)
    expect(sentences[2]).toContain(timeOf(0))
    expect(sentences[4]).toContain('in 2 s')
  })
})
