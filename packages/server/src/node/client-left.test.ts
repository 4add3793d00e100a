import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { clientLeft, isClientLeft } from './client-left.ts'

/** An answer on its way. */
class FakeResponse extends EventEmitter {
  writableEnded = false
  destroyed = false

  leave(): void {
    this.destroyed = true
    this.emit('close')
  }
}

const asResponse = (response: FakeResponse): ServerResponse => response as unknown as ServerResponse

test('a client that leaves aborts the signal', () => {
  const response = new FakeResponse()
  const signal = clientLeft(asResponse(response))
  expect(signal.aborted).toBe(false)
  response.leave()
  expect(signal.aborted).toBe(true)
})

test('one listener serves everybody who asks', () => {
  const response = new FakeResponse()
  const signals = Array.from({ length: 20 }, () => clientLeft(asResponse(response)))
  expect(new Set(signals).size).toBe(1)
  expect(response.listenerCount('close')).toBe(1)
})

test('an answer that has ended aborts nothing; a client that left before the first call does', () => {
  const ended = new FakeResponse()
  const signal = clientLeft(asResponse(ended))
  ended.writableEnded = true
  ended.leave()
  expect(signal.aborted).toBe(false)
  const gone = new FakeResponse()
  gone.leave()
  expect(clientLeft(asResponse(gone)).aborted).toBe(true)
})

test('only the reason of that very answer says that its client has left', () => {
  const [left, other] = [new FakeResponse(), new FakeResponse()]
  const { reason } = (left.leave(), clientLeft(asResponse(left)))
  clientLeft(asResponse(other))
  expect(isClientLeft(reason, asResponse(left))).toBe(true)
  expect(isClientLeft(reason, asResponse(other))).toBe(false)
  expect(isClientLeft(new DOMException('aborted', 'AbortError'), asResponse(left))).toBe(false)
  expect(isClientLeft(undefined, asResponse(new FakeResponse()))).toBe(false)
})
