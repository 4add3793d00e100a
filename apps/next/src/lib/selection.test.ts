import { describe, expect, test } from 'vitest'
import { isMarked, listed, nothing, pickMark } from './selection.ts'
import { vehicle } from './vehicle.test-support.ts'

const fleet = [
  vehicle({ id: 'a' }),
  vehicle({ id: 'b', licensePlate: 'WX 99', make: 'Volvo', status: 'INACTIVE' }),
  vehicle({ id: 'c', lastPosition: { longitude: 1, latitude: 50, city: 'Gent' } }),
]
const everything = { text: '', status: '' }

describe('pickMark', () => {
  test.each([
    ['a mark of one vehicle picks it', nothing, ['a'], { kind: 'vehicle', id: 'a' }],
    ['a mark of several picks the place', nothing, ['a', 'b'], { kind: 'place', ids: ['a', 'b'] }],
    ['the picked mark again picks nothing', { kind: 'vehicle', id: 'a' } as const, ['a', 'b'], nothing],
    [
      'another mark is picked instead',
      { kind: 'vehicle', id: 'c' } as const,
      ['a'],
      { kind: 'vehicle', id: 'a' },
    ],
    ['an empty mark picks nothing', nothing, [], nothing],
  ])('%s', (_, before, ids, expected) => {
    expect(pickMark(before, ids)).toEqual(expected)
  })
})

test('the mark of a picked vehicle is marked, and so is that of a picked place', () => {
  expect(isMarked({ kind: 'vehicle', id: 'b' }, ['a', 'b'])).toBe(true)
  expect(isMarked({ kind: 'place', ids: ['b', 'c'] }, ['a', 'b'])).toBe(true)
  expect(isMarked({ kind: 'vehicle', id: 'c' }, ['a', 'b'])).toBe(false)
  expect(isMarked(nothing, ['a'])).toBe(false)
})

describe('listed', () => {
  test.each([
    ['everything', nothing, everything, 'abc'],
    ['a state', nothing, { text: '', status: 'INACTIVE' }, 'b'],
    ['a make', nothing, { text: 'volvo', status: '' }, 'b'],
    ['a plate without its dashes', nothing, { text: '1abc2', status: '' }, 'ac'],
    ['a town without its accent', nothing, { text: 'liege', status: '' }, 'ab'],
    ['a picked place', { kind: 'place', ids: ['a', 'c'] } as const, everything, 'ac'],
    [
      'a picked place and a state',
      { kind: 'place', ids: ['a', 'b'] } as const,
      { text: '', status: 'ACTIVE' },
      'a',
    ],
    ['a picked vehicle narrows nothing', { kind: 'vehicle', id: 'a' } as const, everything, 'abc'],
    ['what is nowhere', nothing, { text: 'zzz', status: '' }, ''],
  ])('%s', (_, selection, filter, expected) => {
    expect(
      listed(fleet, selection, filter)
        .map(({ id }) => id)
        .join(''),
    ).toBe(expected)
  })
})
