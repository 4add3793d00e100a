/** What counts of an error in a GraphQL answer. */
export interface GraphQLErrorLike {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** What servers call a token that they do not take. `FORBIDDEN` and its like are none: a new token changes nothing there. */
const refusals: ReadonlySet<unknown> = new Set(['UNAUTHENTICATED', 'invalid-jwt'])

/**
 * Tells whether GraphQL errors say that the access token was refused: the code `UNAUTHENTICATED` (Apollo, GraphQL Yoga and
 * most others), `invalid-jwt` (Hasura), or the HTTP status 401. Pure.
 */
export function isTokenRefused(errors: readonly GraphQLErrorLike[]): boolean {
  return errors.some(({ extensions }) => {
    const http = extensions?.['http'] as { readonly status?: unknown } | null | undefined
    return refusals.has(extensions?.['code']) || http?.status === 401
  })
}
