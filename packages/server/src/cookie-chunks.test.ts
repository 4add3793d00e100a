import { isConfigurationError } from '@evergrant/core'
import { expect, test } from 'vitest'
import { chunkNames, fromChunks, toChunks } from './cookie-chunks.ts'

test('the first chunk has the name itself', () => {
  expect(chunkNames('session')).toEqual(['session', 'session.1', 'session.2'])
})

test.each([1, 3297, 3298, 3299, 6598, 6599, 9898])(
  'F52 a value of %i characters comes back whole',
  length => {
    const value = 'v'.repeat(length)
    const chunks = toChunks(value)
    expect(chunks.every(chunk => chunk.length <= 3300)).toBe(true)
    expect(fromChunks([...chunks, 'stale', 'stale'].slice(0, 3))).toBe(value)
  },
)

test('F51 a value that needs a fourth chunk is refused, with its size and what to do', () => {
  expect(() => toChunks('v'.repeat(9899))).toThrow(
    /Sealed it has 10 kB, and 3 cookies hold 9 kB\. Keep the tokens in a store/,
  )
  expect(() => toChunks('v'.repeat(9899))).toThrow(expect.toSatisfy(isConfigurationError) as Error)
})

test.each([
  ['nothing', []],
  ['the first missing', [undefined, 'b', 'c']],
  ['the second missing', ['2.a', undefined, undefined]],
  ['the last missing', ['3.a', 'b', undefined]],
  ['a count of none', ['0.a', 'b', 'c']],
  ['a count too high', ['4.a', 'b', 'c']],
  ['no count', ['a', 'b', 'c']],
])('F52 chunks with %s are no value', (_what, chunks) => {
  expect(fromChunks(chunks)).toBeUndefined()
})
