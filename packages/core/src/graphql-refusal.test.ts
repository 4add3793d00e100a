import { describe, expect, test } from 'vitest'
import { hasActed, isTokenRefused } from './graphql-refusal.ts'
import type { GraphQLAnswerLike, GraphQLErrorLike } from './graphql-refusal.ts'

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

test.each<[string, GraphQLAnswerLike, boolean]>([
  ['no data', { errors: [{}] }, false],
  ['the refused field alone', { data: { charge: null }, errors: [{ path: ['charge'] }] }, false],
  ['data that the refused field took with it', { data: null, errors: [{ path: ['charge'] }] }, false],
  ['another field that came back', { data: { charge: { id: 1 }, other: null }, errors: [{}] }, true],
  ['a field that is false', { data: { charge: false }, errors: [{}] }, true],
  ['a refusal below its field', { data: { charge: null }, errors: [{ path: ['charge', 'card'] }] }, true],
  ['the same, where the data went with it', { data: null, errors: [{ path: ['charge', 'card'] }] }, true],
  ['a path that is null', { data: null, errors: [{ path: null as unknown as undefined }] }, false],
])('a mutation with %s', (_what, answer, isDone) => {
  expect(hasActed(answer)).toBe(isDone)
})
