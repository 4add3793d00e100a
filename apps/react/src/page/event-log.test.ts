import { expect, test } from 'vitest'
import { EventLog } from './event-log.ts'

test('the log keeps the last five events, the newest first, and tells its listeners', () => {
  let now = 0
  let told = 0
  const log = new EventLog(() => (now += 1000))
  const leave = log.subscribe(() => void (told += 1))
  for (let count = 0; count < 6; count += 1) log.add({ type: 'signed-out' })
  leave()
  log.add({ type: 'lock-timed-out' })
  expect(told).toBe(6)
  expect(log.getSnapshot().map(({ at }) => at)).toEqual([7000, 6000, 5000, 4000, 3000])
  expect(log.getSnapshot()[0]?.event.type).toBe('lock-timed-out')
  expect(log.getServerSnapshot()).toEqual([])
})
