import { expect, test } from 'vitest'
import { TokenCounter } from './token-counter.ts'

test('tokens are counted for each sign-in, and the one that was longest unused is forgotten', () => {
  const counter = new TokenCounter({ for: () => expect.unreachable('nobody asks') })
  counter.count('first')
  counter.count('second')
  counter.count('first')
  expect([counter.countOf('first'), counter.countOf('second'), counter.countOf('none')]).toEqual([2, 1, 0])
  for (let other = 0; other < 199; other += 1) counter.count(`other ${other}`)
  expect([counter.countOf('first'), counter.countOf('second')]).toEqual([2, 0])
})
