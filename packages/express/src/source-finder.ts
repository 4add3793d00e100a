import { ConfigurationError, ReauthorizationRequiredError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import type { RequestLike } from '@evergrant/server'
import type { Request, Response } from 'express'
import { rejectingSource } from './rejecting-source.ts'
import { sessionOf } from './session-of.ts'
import { untilClientLeaves } from './until-client-leaves.ts'

/** What finds the source of each request. */
export type SourceOf<Source> =
  /** All requests share it. */
  | Source
  /** Runs at most once per request, when the name is first read. */
  | ((request: Request) => Source)
  /** Each user's own tokens. Without a subject every call rejects: there is no other token to fall back to. */
  | {
      readonly users: { readonly for: (userId: string) => Source }
      readonly subject: (request: Request) => string | null | undefined
    }
  /** The tokens of the request's session, whose cookies the answer then sets. */
  | SessionsOf<Source>
  | { readonly sessions: SessionsOf<Source> }

/** Sessions of `@evergrant/server`. */
export interface SessionsOf<Source> {
  readonly for: (request: RequestLike) => Source
  readonly forReading: (request: RequestLike) => unknown
}

/** Begins a request; what it returns runs whenever the name is read. */
export type SourceFinder = (request: Request, response: Response) => () => AccessTokenSource

/**
 * Turns what `accessTokens` was given for a name into what finds its source.
 * @throws {ConfigurationError} it is none of the things that can be given
 */
export function sourceFinder(name: string, given: unknown): SourceFinder {
  if (isSource(given)) return (_request, response) => once(() => untilClientLeaves(given, response))
  if (typeof given === 'function') return byFunction(name, given as (request: Request) => unknown)
  const { users, subject, sessions } = (given ?? {}) as Given
  if (isFinder(users) && typeof subject === 'function')
    return bySubject(users, subject as (request: Request) => unknown)
  const found = isFinder(given) && 'forReading' in given ? given : sessions
  if (isFinder(found) && users === undefined) {
    return (request, response) =>
      once(() =>
        untilClientLeaves(sessionOf(found as SessionsOf<AccessTokenSource>, request, response), response),
      )
  }
  const isUserTokens = isFinder(given) || isFinder(users)
  throw new ConfigurationError('accessTokens got something else than a source', [
    isUserTokens
      ? `"${name}" must say whose tokens a request uses: { users, subject: req => req.user?.id }.`
      : `"${name}" must be an AccessTokenSource such as a token manager, a function that takes the request and returns one, { users, subject }, or sessions.`,
  ])
}

interface Given {
  readonly users?: unknown
  readonly subject?: unknown
  readonly sessions?: unknown
}

interface Finder {
  readonly for: (of: never) => AccessTokenSource
}

function byFunction(name: string, find: (request: Request) => unknown): SourceFinder {
  return (request, response) =>
    once(() => {
      const found = find(request)
      if (isSource(found)) return untilClientLeaves(found, response)
      throw new ConfigurationError(`req.tokens.${name} found no source`, [
        `The function for "${name}" must return an AccessTokenSource at once, not a promise, such as customers.for(req.user.id).`,
      ])
    })
}

// Asked at every reading: who signs in or out while the request is served counts from then on.
function bySubject(users: Finder, subjectOf: (request: Request) => unknown): SourceFinder {
  return (request, response) => {
    let known: { readonly subject: string; readonly source: AccessTokenSource } | undefined
    return () => {
      try {
        const subject = subjectOf(request)
        if (typeof subject !== 'string' || subject === '') return rejectingSource(nobody(subject))
        if (known?.subject === subject) return known.source
        const source = untilClientLeaves(users.for(subject as never), response)
        known = { subject, source }
        return source
      } catch (error) {
        return rejectingSource(error)
      }
    }
  }
}

/** The cause is for whoever develops: it stays on the server. */
function nobody(subject: unknown): ReauthorizationRequiredError {
  const isMistake = subject !== undefined && subject !== null && subject !== ''
  const cause = isMistake
    ? new ConfigurationError('The subject of a request is no string', [
        `It must be the user's id as a string, at once; it was: ${subject instanceof Promise ? 'a promise' : typeof subject}.`,
      ])
    : undefined
  return new ReauthorizationRequiredError('Nobody is signed in. Sign in first.', {
    reason: 'never-signed-in',
    cause,
  })
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
