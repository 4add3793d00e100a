/** What counts of an error in a GraphQL answer. */
export interface GraphQLErrorLike {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
  /** Where in the data it arose. */
  readonly path?: readonly unknown[] | undefined
}

/** What counts of a GraphQL answer. */
export interface GraphQLAnswerLike {
  readonly data?: object | null | undefined
  readonly errors: readonly GraphQLErrorLike[]
}

/** What servers call a token that they do not take. `FORBIDDEN` and its like are none: a new token changes nothing there. */
const refusals: readonly unknown[] = ['UNAUTHENTICATED', 'invalid-jwt']

/**
 * Tells whether GraphQL errors say that the access token was refused: the code `UNAUTHENTICATED` (Apollo, GraphQL Yoga and
 * most others), `invalid-jwt` (Hasura), or the HTTP status 401. Pure.
 */
export function isTokenRefused(errors: readonly GraphQLErrorLike[]): boolean {
  return errors.some(({ extensions }) => {
    const http = extensions?.['http'] as { readonly status?: unknown } | null | undefined
    return refusals.includes(extensions?.['code']) || http?.status === 401
  })
}

/**
 * Tells whether a mutation with this answer has done something, although a field of it was refused: another field came
 * back, or the refusal lies below a field that was executed. Such a mutation must not be sent again. Pure.
 */
export function hasActed({ data, errors }: GraphQLAnswerLike): boolean {
  // A field that must not be null takes the data with it: then only the path of the error tells.
  return (
    Object.values(data ?? {}).some(value => value !== null) ||
    errors.some(({ path }) => path && path.length > 1)
  )
}
