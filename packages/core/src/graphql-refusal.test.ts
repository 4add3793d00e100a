import { describe, expect, test } from 'vitest'
import { isTokenRefused } from './graphql-refusal.ts'
import type { GraphQLErrorLike } from './graphql-refusal.ts'

describe('GraphQL errors', () => {
  test.each<[string, readonly GraphQLErrorLike[], boolean]>([
    ['none', [], false],
    ['without extensions', [{}], false],
    ['UNAUTHENTICATED', [{ extensions: { code: 'UNAUTHENTICATED' } }], true],
    ['invalid-jwt', [{ extensions: { code: 'invalid-jwt' } }], true],
    ['one of several', [{}, { extensions: { code: 'UNAUTHENTICATED' } }], true],
    ['a status 401', [{ extensions: { http: { status: 401 } } }], true],
    ['a status 403', [{ extensions: { http: { status: 403 } } }], false],
    ['FORBIDDEN', [{ extensions: { code: 'FORBIDDEN' } }], false],
    ['UNAUTHORIZED, which many use for a missing right', [{ extensions: { code: 'UNAUTHORIZED' } }], false],
    ['an http that is null', [{ extensions: { http: null } }], false],
    ['the word in the message alone', [{ message: 'UNAUTHENTICATED' } as GraphQLErrorLike], false],
  ])('%s: the token was refused: %s', (_what, errors, isRefused) => {
    expect(isTokenRefused(errors)).toBe(isRefused)
  })
})
