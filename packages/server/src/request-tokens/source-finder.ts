import { ConfigurationError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import { nobodySignedInError } from '../nobody-signed-in.ts'
import type { RequestLike } from '../request-session.ts'
import { boundedSource } from './bounded-source.ts'
import { rejectingSource } from './rejecting-source.ts'

/** What finds the source of each request of a framework. */
export type SourceOf<Source, FrameworkRequest> =
  /** All requests share it. */
  | Source
  /** Runs at most once per request, when the name is first read. */
  | ((request: FrameworkRequest) => Source)
  /** Each user's own tokens. Without a subject every call rejects: there is no other token to fall back to. */
  | {
      readonly users: { readonly for: (userId: string) => Source }
      readonly subject: (request: FrameworkRequest) => string | null | undefined
    }
  /** The tokens of the request's session, whose cookies the answer then sets. */
  | SessionsOf<Source>
  | { readonly sessions: SessionsOf<Source> }

/** Sessions, or what finds them as those do. */
export interface SessionsOf<Source> {
  readonly for: (request: RequestLike) => Source
  readonly forReading: (request: RequestLike) => unknown
}

/** One request that is served, as an adapter tells of it. */
export interface ServedRequest<FrameworkRequest> {
  /** What the functions of the application are given. */
  readonly request: FrameworkRequest
  /** Aborts when the client leaves before the answer is complete. Asked for at each call that brings no signal. */
  readonly signal: () => AbortSignal
  /** Finds the request's session, and sees to it that the answer sets its cookies. */
  readonly sessionOf: (sessions: SessionsOf<AccessTokenSource>) => AccessTokenSource
}

/** Begins a request; what it returns runs whenever the name is read. */
export type SourceFinder<FrameworkRequest> = (
  served: ServedRequest<FrameworkRequest>,
) => () => AccessTokenSource

/** A name, and what messages call the object that holds it. */
export interface TokenName {
  readonly name: string
  readonly label: string
}

/**
 * Turns what was given for a name into what finds its source.
 * @throws {ConfigurationError} it is none of the things that can be given
 */
export function sourceFinder<FrameworkRequest>(
  { name, label }: TokenName,
  given: unknown,
): SourceFinder<FrameworkRequest> {
  if (isSource(given)) return ({ signal }) => once(() => boundedSource(given, signal))
  if (typeof given === 'function') return byFunction({ name, label }, given as Find<FrameworkRequest>)
  const { users, subject, sessions } = (given ?? {}) as Given
  if (isFinder(users) && typeof subject === 'function')
    return bySubject(users, subject as Find<FrameworkRequest>)
  const found = isFinder(given) && 'forReading' in given ? given : sessions
  if (isFinder(found) && users === undefined) return bySession(found as SessionsOf<AccessTokenSource>)
  const isUserTokens = isFinder(given) || isFinder(users)
  throw new ConfigurationError('accessTokens got something else than a source', [
    isUserTokens
      ? `"${name}" must say whose tokens a request uses: { users, subject: req => req.user?.id }.`
      : `"${name}" must be an AccessTokenSource such as a token manager, a function that takes the request and returns one, { users, subject }, or sessions.`,
  ])
}

type Find<FrameworkRequest> = (request: FrameworkRequest) => unknown

interface Given {
  readonly users?: unknown
  readonly subject?: unknown
  readonly sessions?: unknown
}

interface Finder {
  readonly for: (of: never) => AccessTokenSource
}

function byFunction<FrameworkRequest>(
  { name, label }: TokenName,
  find: Find<FrameworkRequest>,
): SourceFinder<FrameworkRequest> {
  return ({ request, signal }) =>
    once(() => {
      const found = find(request)
      if (isSource(found)) return boundedSource(found, signal)
      throw new ConfigurationError(`${label}.${name} found no source`, [
        `The function for "${name}" must return an AccessTokenSource at once, not a promise, such as customers.for(req.user.id).`,
      ])
    })
}

function bySession<FrameworkRequest>(
  sessions: SessionsOf<AccessTokenSource>,
): SourceFinder<FrameworkRequest> {
  return ({ sessionOf, signal }) => once(() => boundedSource(sessionOf(sessions), signal))
}

// Asked at every reading: who signs in or out while the request is served counts from then on.
function bySubject<FrameworkRequest>(
  users: Finder,
  subjectOf: Find<FrameworkRequest>,
): SourceFinder<FrameworkRequest> {
  return ({ request, signal }) => {
    let known: { readonly subject: string; readonly source: AccessTokenSource } | undefined
    return () => {
      try {
        const subject = subjectOf(request)
        if (typeof subject !== 'string' || subject === '')
          return rejectingSource(nobodySignedInError(mistakeIn(subject)))
        if (known?.subject === subject) return known.source
        const source = boundedSource(users.for(subject as never), signal)
        known = { subject, source }
        return source
      } catch (error) {
        return rejectingSource(error)
      }
    }
  }
}

function mistakeIn(subject: unknown): ConfigurationError | undefined {
  if (subject === undefined || subject === null || subject === '') return undefined
  return new ConfigurationError('The subject of a request is no string', [
    `It must be the user's id as a string, at once; it was: ${subject instanceof Promise ? 'a promise' : typeof subject}.`,
  ])
}

function once(read: () => AccessTokenSource): () => AccessTokenSource {
  let found: AccessTokenSource | undefined
  return () => (found ??= read())
}

function isSource(value: unknown): value is AccessTokenSource {
  return typeof value === 'object' && value !== null && 'getAccessToken' in value && 'authorize' in value
}

function isFinder(value: unknown): value is Finder {
  return typeof value === 'object' && value !== null && 'for' in value && typeof value.for === 'function'
}
