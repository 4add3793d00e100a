import { EventEmitter } from 'node:events'
import type { Clock, EvergrantEvent } from '@evergrant/core'
import type { SessionState } from '@evergrant/server'
import type { Request } from 'express'
import { beforeEach, expect, test } from 'vitest'
import { untilSessionEnds } from './until-session-ends.ts'

let listeners: Set<(event: EvergrantEvent) => void>
let timers: Set<() => void>
let answer: EventEmitter & { destroyed: boolean; isEnded: boolean; end: () => void }
let action: string

const clock: Clock = {
  wall: () => 1000,
  monotonic: () => 1000,
  schedule: callback => {
    timers.add(callback)
    return () => void timers.delete(callback)
  },
}

beforeEach(() => {
  listeners = new Set()
  timers = new Set()
  answer = Object.assign(new EventEmitter(), {
    destroyed: false,
    isEnded: false,
    end: () => void (answer.isEnded = true),
  })
  action = 'use'
})

const anna: SessionState = { status: 'authenticated', signInId: 'anna-1', username: 'anna', expiresAt: 9000 }

/** A request of the stream of `anna-1`, by a browser whose session is `state`. */
function requestOf(state: SessionState): Request {
  const tokens = {
    explain: () => ({ step: { action } }),
    subscribe: (listener: (event: EvergrantEvent) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const customer = { getState: () => Promise.resolve(state), observe: () => Promise.resolve(tokens) }
  return { params: { session: 'anna-1' }, res: answer, tokens: { customer } } as unknown as Request
}

function happens(type: string): void {
  for (const listener of listeners) listener({ type } as EvergrantEvent)
}

/** Listens as a stream does, and returns the types that it is told. */
async function listen(): Promise<string[]> {
  const told: string[] = []
  const tokens = await untilSessionEnds(requestOf(anna), clock)
  tokens?.subscribe(({ type }) => void told.push(type))
  return told
}

test('what happens is told until the sign-out, which ends the answer', async () => {
  const told = await listen()
  happens('token-obtained')
  expect(answer.isEnded).toBe(false)
  happens('signed-out')
  happens('token-adopted')
  expect(told).toEqual(['token-obtained'])
  expect(answer.isEnded).toBe(true)
})

test('the answer ends when the session is over by its age', async () => {
  const told = await listen()
  for (const timer of timers) timer()
  happens('token-obtained')
  expect(told).toEqual([])
  expect(answer.isEnded).toBe(true)
})

test.each<[string, SessionState]>([
  ['nobody', { status: 'unauthenticated' }],
  ['a later sign-in', { ...anna, signInId: 'anna-2' }],
])('%s has no part in the stream of another sign-in', async (_who, state) => {
  expect(await untilSessionEnds(requestOf(state), clock)).toBeUndefined()
  expect([listeners.size, timers.size]).toEqual([0, 0])
})

test('a session that ended before anybody watched has no stream', async () => {
  action = 'reauthorize'
  expect(await untilSessionEnds(requestOf(anna), clock)).toBeUndefined()
})

test('nothing is begun for a client that has left already', async () => {
  answer.destroyed = true
  expect(await untilSessionEnds(requestOf(anna), clock)).toBeUndefined()
  expect([listeners.size, timers.size]).toEqual([0, 0])
})

test('nothing is left behind when the client has gone', async () => {
  await untilSessionEnds(requestOf(anna), clock)
  answer.emit('close')
  expect([listeners.size, timers.size]).toEqual([0, 0])
})
