import { describe, expect, test } from 'vitest'
import type { Held } from './held.ts'
import { judgeTakeOver, successorOf } from './take-over.ts'
import type { TakeOver } from './take-over.ts'
import type { TokenRecord } from './token-record.ts'

const binding = {
  tokenEndpoint: 'https://as.example/token',
  clientId: 'client',
  grant: 'client_credentials',
  scope: 'read',
}
const otherScope = { ...binding, scope: 'write' }

function record(changed: Partial<TokenRecord> = {}): TokenRecord {
  return { schema: 1, binding, family: 'first', generation: 3, access: {}, ...changed }
}

function held(changed?: Partial<TokenRecord>): Held {
  return { etag: '1', record: record(changed), writtenMonotonicAt: 0, writtenWallAt: 0 }
}

describe('a record that a store returned', () => {
  test.each<[string, TakeOver, TokenRecord, Held | undefined]>([
    ['the first one is held', 'hold', record(), undefined],
    ['a newer one is held', 'hold', record({ generation: 4 }), held()],
    ['one of the same generation is held', 'hold', record(), held()],
    [
      'one of another sign-in is held, whatever its generation',
      'hold',
      record({ family: 'next', generation: 1 }),
      held(),
    ],
    ['one that the store has fallen back to is not', 'keep-newer', record({ generation: 2 }), held()],
    [
      'a sign-out counts, whatever its generation',
      'hold',
      record({ generation: 2, signedOut: true }),
      held(),
    ],
    ['one of another scope is not held', 'hold-successor', record({ binding: otherScope }), undefined],
    [
      'nor where this process holds one of its own scope',
      'keep-own',
      record({ binding: otherScope }),
      held(),
    ],
    [
      'both of another scope',
      'hold-successor',
      record({ binding: otherScope }),
      held({ binding: otherScope }),
    ],
    ['a person who signed in stays', 'hold', record({ binding: otherScope, isPersons: true }), undefined],
    [
      'a sign-out under another scope counts',
      'hold',
      record({ binding: otherScope, signedOut: true }),
      held(),
    ],
  ])('%s', (_what, judgement, stored, own) => {
    expect(judgeTakeOver(stored, own, { binding })).toBe(judgement)
  })

  test('of another configuration has one successor, the same everywhere, without its tokens', () => {
    const access = { '': { token: 'fake-token', type: 'Bearer' as const } }
    const stored = record({ binding: otherScope, access })
    const successor = successorOf(stored, binding)
    expect(successor).toEqual({ schema: 1, binding, family: successor.family, generation: 4, access: {} })
    expect(successorOf(stored, { ...binding })).toEqual(successor)
    expect(successorOf(stored, { ...binding, scope: 'more' }).family).not.toBe(successor.family)
    expect(successor.family).not.toBe(stored.family)
  })
})
