import { expect, test } from 'vitest'
import { UnderWay } from './under-way.ts'

test('whoever waits goes on when the last of several has ended', async () => {
  const underWay = new UnderWay()
  const [endOne, endTwo] = [underWay.enter(), underWay.enter()]
  let isOver = false
  const waiting = underWay.none().then(() => void (isOver = true))
  endOne()
  await Promise.resolve()
  expect([isOver, underWay.isAny]).toEqual([false, true])
  endTwo()
  await waiting
  expect([isOver, underWay.isAny]).toEqual([true, false])
})

test('where nothing is under way, nobody waits', async () => {
  await expect(new UnderWay().none()).resolves.toBeUndefined()
})
