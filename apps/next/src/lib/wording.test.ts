import { describe, expect, test } from 'vitest'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { exampleAccounts } from './examples.ts'
import { noticeOf } from './notices.ts'
import { retryDelay } from './retry-delay.ts'
import { pageCount, pageNumber, readSimCards } from './sim-card.ts'
import { count, dayWords, placeNames, positionWords, typeWord, waitWords } from './wording.ts'

describe('words', () => {
  test.each([
    [['Gent'], 'Gent'],
    [['Gent', 'Lille', 'Lille'], 'Lille and Gent'],
    [['A', 'B', 'C'], 'A, B and C'],
    [['A', 'A', 'B', 'C', 'D'], 'A, B and 2 more places'],
    [[], ''],
  ])('the places %j are called %j', (cities, expected) => {
    expect(placeNames(cities)).toBe(expected)
  })

  test.each([
    [400, '1 second'],
    [20_000, '20 seconds'],
    [91_000, '2 minutes'],
    [899_001, '15 minutes'],
    [-5, '1 second'],
  ])('a wait of %i ms is %s', (ms, expected) => {
    expect(waitWords(ms)).toBe(expected)
  })

  test('positions, days, counts and kinds read as people write them', () => {
    expect(positionWords({ latitude: 51.38501, longitude: -0.97 })).toBe('51.385°\u00a0N, 0.970°\u00a0W')
    expect(dayWords('2018-10-16')).toBe('16 October 2018')
    expect(dayWords('unknown')).toBe('unknown')
    expect([count(1, 'vehicle'), count(0, 'vehicle')]).toEqual(['1 vehicle', '0 vehicles'])
    expect([typeWord('REEFER_TRAILER'), typeWord('BARGE')]).toEqual(['Reefer trailer', 'BARGE'])
  })
})

test.each([
  [0, undefined, 30_000],
  [1, undefined, 1500],
  [3, undefined, 6000],
  [1, 9000, 9000],
  [1, 900_000, 30_000],
  [20, undefined, 30_000],
])('after %i failures, asked for %s ms, the page waits %i ms', (failures, askedForMs, expected) => {
  expect(retryDelay(failures, askedForMs)).toBe(expected)
})

test.each([
  ['3', 3],
  [undefined, 1],
  ['0', 1],
  ['-1', 1],
  ['1e3', 1],
  [['2'], 1],
])('the page %j of an address is page %i', (text, expected) => {
  expect(pageNumber(text)).toBe(expected)
})

test('pages are counted, and there is always one', () => {
  expect([pageCount(0), pageCount(25), pageCount(26)]).toEqual([1, 1, 2])
})

test('what is no SIM card is left out, and what is no list is none', () => {
  const simCard = { iccid: '1', label: 'a', status: 'active', rate_plan: 'b', data_used_mb: 2, country: 'PT' }
  expect(readSimCards([simCard, null, { ...simCard, data_used_mb: '2' }])).toEqual([
    { iccid: '1', label: 'a', status: 'active', plan: 'b', usedMb: 2, country: 'PT' },
  ])
  expect(readSimCards({})).toBeUndefined()
})

test('only known reasons are shown: an address cannot put words into the page', () => {
  expect(noticeOf('signed-out')?.text).toBe('You are signed out.')
  for (const value of ['toString', 'Call this number', undefined, ['ended']])
    expect(noticeOf(value)).toBeUndefined()
})

test('without example accounts in the environment there are none', () => {
  expect(exampleAccounts(undefined)).toEqual([])
  expect(exampleAccounts('[{"username":"a","password":"b"},{"username":"c"}]')).toEqual([
    { username: 'a', password: 'b' },
  ])
})

test('the policy lets no inline script and no foreign origin in', () => {
  const policy = contentSecurityPolicy('abc')
  expect(policy).toContain("script-src 'nonce-abc' 'strict-dynamic'")
  expect(policy).not.toMatch(/unsafe|http|\*/)
})
