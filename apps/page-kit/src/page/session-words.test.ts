import { describe, expect, test } from 'vitest'
import { sessionSentence, signInFailure, timeOf } from './session-words.ts'

describe('words', () => {
  test.each([
    ['authenticated', 'Signed in as anna'],
    ['unauthenticated', 'Nobody is signed in'],
    ['error', 'The server cannot be reached; asking again by itself'],
    ['pending', 'One moment …'],
  ])('of a session that is %s', (status, words) => {
    expect(sessionSentence(status, 'anna')).toBe(words)
  })

  test.each([
    ['credentials_rejected', /wrong/],
    ['superseded', /another tab/],
    ['network_error', /cannot be reached/],
  ])('of a sign-in that failed with %s', (code, words) => {
    expect(signInFailure({ code })).toMatch(words)
  })

  test('of too many tries name the time', () => {
    expect(signInFailure({ code: 'too_many_attempts', retryAt: 0 })).toContain(timeOf(0))
  })
})
