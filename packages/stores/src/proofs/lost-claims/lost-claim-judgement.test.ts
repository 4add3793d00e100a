import { describe, expect, test } from 'vitest'
import { agreementOf, judgeRun } from './lost-claim-judgement.test-support.ts'
import type { RunFacts } from './lost-claim-judgement.test-support.ts'

const first = { sender: 1, presented: 'refresh-a', status: 200, issued: 'refresh-b' }
const second = { sender: 1, presented: 'refresh-b', status: 200, issued: 'refresh-c' }
const replay = { sender: 2, presented: 'refresh-a', status: 400 }
const forgiven = { sender: 2, presented: 'refresh-a', status: 200, issued: 'refresh-z' }

/** A run in which all went well. */
const good: RunFacts = {
  habit: 'kills the family',
  during: [first],
  agreed: { kind: 'token', token: 'access-b' },
  isAccepted: true,
  stored: 'refresh-b',
  after: [second],
  agreedAfter: { kind: 'token', token: 'access-c' },
  later: 0,
}

const person = { kind: 'person' } as const

describe('a run', () => {
  test.each<[string, Partial<RunFacts>, 'kept' | 'sign in again']>([
    ['with one request is right', {}, 'kept'],
    ['that a server forgave is right', { habit: 'forgives', during: [first, first] }, 'kept'],
    [
      'whose successor was forgiven is right',
      { habit: 'forgives', during: [first, forgiven], stood: 1, stored: 'refresh-z' },
      'kept',
    ],
    ['whose loser was refused is right', { habit: 'refuses', during: [first, replay] }, 'kept'],
    [
      'whose family a replay has killed is right, when all agree',
      { during: [first, replay], after: [{ ...second, status: 400 }], agreedAfter: person },
      'sign in again',
    ],
    [
      'whose family a replay has killed is right, when all agree at once',
      { during: [first, replay], agreed: person, stored: 'refresh-a', after: [], agreedAfter: person },
      'sign in again',
    ],
    ['whose store is empty holds nothing stale', { stored: undefined }, 'kept'],
  ])('%s', (_what, facts, outcome) => {
    expect(judgeRun({ ...good, ...facts })).toEqual({ outcome, problems: [] })
  })

  test.each<[string, Partial<RunFacts>, string]>([
    ['three requests', { habit: 'refuses', during: [first, replay, replay] }, '3 token requests'],
    ['a spent token in the store', { stored: 'refresh-a' }, 'stale overwrite'],
    ['an older token in the store', { during: [first, second] }, 'stale overwrite'],
    [
      'what was written over by who had stood still',
      { habit: 'forgives', during: [first, forgiven], stood: 1 },
      'stale overwrite',
    ],
    ['a token that the API refuses', { isAccepted: false }, 'dead winner'],
    ['a token of a living family that cannot be refreshed', { agreedAfter: person }, 'dead winner'],
    ['processes with two tokens', { agreed: { kind: 'split' } }, 'do not agree'],
    ['processes with two tokens later', { agreedAfter: { kind: 'split' } }, 'do not agree after'],
    ['two requests for one expiry', { after: [second, second] }, '2 token requests for the next expiry'],
    ['a token that nobody asked for', { after: [] }, 'nobody asked for'],
    ['a session that ends without a refusal', { agreed: person, agreedAfter: person }, 'without a refusal'],
    ['more requests when all was said', { later: 1 }, 'asked for again'],
  ])('with %s is wrong', (_what, facts, problem) => {
    expect(judgeRun({ ...good, ...facts }).problems.join()).toContain(problem)
  })
})

describe('all processes', () => {
  const dead = 'ReauthorizationRequiredError: Sign in again.'
  test.each([
    [['access-a'], [], { kind: 'token', token: 'access-a' }],
    [['access-a', 'access-b'], [], { kind: 'split' }],
    [[], [dead], { kind: 'person' }],
    [['access-a'], [dead], { kind: 'nothing yet' }],
    [[], [dead, 'StoreError: late'], { kind: 'nothing yet' }],
  ])('that answer %j and %j come to %j', (tokens, errors, agreement) => {
    expect(agreementOf([{ tokens, errors }])).toEqual(agreement)
  })
})
