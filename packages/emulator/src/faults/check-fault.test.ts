import { describe, expect, it } from 'vitest'
import { frozenEmulator } from '../emulator.test-support.ts'
import type { Fault } from './fault.ts'

describe('a malformed fault', () => {
  it.each([
    [{ kind: 'x' }, 'There are: status, delay, reset, html, truncated-json'],
    [null, 'A fault is an object with a "kind".'],
    [{ kind: 'status', status: 99, body: 1 }, '"status" must be a whole number from 200 to 599; "body" must'],
    [{ kind: 'status', status: 204, body: 'x' }, '"body" must be absent with this status'],
    [{ kind: 'status', status: 200, headers: { 'a b': 'c' } }, '"headers" must be an object of header'],
    [{ kind: 'delay' }, '"ms" is missing'],
    [{ kind: 'delay', ms: 2 ** 31 }, '"ms" must be a number, from 0 to 2147483647'],
    [{ kind: 'reset', when: 'during' }, '"when" must be one of "before", "after"'],
    [
      { kind: 'redirect', to: 'x', status: 300 },
      '"to" must be one of "same-origin", "foreign-origin"; "status"',
    ],
    [{ kind: 'slow-body', bytesPerSecond: 0 }, '"bytesPerSecond" must be a number, from 0.001 to 1000000000'],
    [{ kind: 'slow-body', bytesPerSecond: 1e-7 }, '"bytesPerSecond" must be a number, from 0.001'],
    [{ kind: 'slow-body', bytesPerSecond: Infinity }, '"bytesPerSecond" must be a number, from 0.001'],
    [
      { kind: 'status', status: 200, headers: { 'x-note': '\u0001' } },
      '"headers" must be an object of header',
    ],
    [
      { kind: 'status', status: 200, headers: { 'x-note': 'ok \u007f' } },
      '"headers" must be an object of header',
    ],
    [{ kind: 'html', times: 0, share: 2, forMs: -1, on: 'x' }, '"times" must be a whole number above 0'],
    [{ kind: 'html', status: 200 }, '"status" is unknown (there are: on, grantType, times, share, forMs)'],
    [{ kind: 'html', on: 'api', grantType: 'password' }, '"grantType" goes with "on": "token" only'],
  ])('%j is refused by name', (fault, message) => {
    const { faults } = frozenEmulator().iris
    expect(() => faults.add(fault as unknown as Fault)).toThrow(TypeError)
    expect(() => faults.add(fault as unknown as Fault)).toThrow(message)
    expect(faults.list()).toEqual([])
  })
})
