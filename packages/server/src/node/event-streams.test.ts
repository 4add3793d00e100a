import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { endEventStreams, keepEventStream } from './event-streams.ts'

const server = {}

/** An answer over a connection of the server, and how often it was ended. */
function answer(): ServerResponse & { ends: number } {
  const fake = Object.assign(new EventEmitter(), {
    socket: { server },
    destroyed: false,
    ends: 0,
    end: () => void (fake.ends += 1),
  })
  return fake as unknown as ServerResponse & { ends: number }
}

test('streams that go on are ended, and those whose client has left are kept no longer', () => {
  const [open, left] = [answer(), answer()]
  for (const each of [open, left]) keepEventStream(each)
  left.emit('close')
  endEventStreams(server)
  expect([open.ends, left.ends]).toEqual([1, 0])
})

test('the streams of another server go on', () => {
  const open = answer()
  keepEventStream(open)
  endEventStreams({})
  expect(open.ends).toBe(0)
})
