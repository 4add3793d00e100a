import type { TokenSet } from '@evergrant/core'
import type { AuthRoute } from './auth-routes-contract.ts'
import { refusalAnswer } from './error-answer.ts'
import { jsonAnswer } from './json-answer.ts'
import { invalidBody, readJsonBody } from './json-body.ts'
import { nobodySignedInMessage } from './nobody-signed-in.ts'
import type { Refusal } from './request-guard.ts'
import { sessionChanged } from './session-changed.ts'

/**
 * `POST token` with `{ scope?, minTtlMs?, forceRefresh?, signInId? }`: answers the access token, and never the refresh
 * token. With `scope` never a wider one; with `signInId` never somebody else's.
 * @see RFC 10017 §6.2.2.3
 */
export const tokenRoute: AuthRoute = {
  methods: ['POST'],
  async answer({ request, session, now }) {
    const { members, refusal } = await readJsonBody(request, { maxBytes: 8192, isOptional: true })
    if (refusal !== undefined) return refusalAnswer(refusal)
    const problem = problemOf(members)
    if (problem !== undefined) return refusalAnswer(invalidBody(problem))
    const { scope, minTtlMs, forceRefresh, signInId } = members as TokenOptions
    const state = await session.getState()
    if (state.status === 'unauthenticated') return refusalAnswer(nobody)
    if (signInId !== undefined && signInId !== state.signInId) return refusalAnswer(sessionChanged)
    const tokens = await session.getTokenSet({ scope, minTtlMs, forceRefresh })
    // Whoever signed in while the server was asked is somebody else.
    const later = await session.getState()
    if (later.status === 'unauthenticated' || later.signInId !== state.signInId)
      return refusalAnswer(sessionChanged)
    if (scope !== undefined && isWider(tokens, scope)) return refusalAnswer(tooWide)
    return jsonAnswer(200, { ...describeTokens(tokens, now()), signInId: state.signInId })
  },
}

interface TokenOptions {
  readonly scope?: string
  readonly minTtlMs?: number
  readonly forceRefresh?: boolean
  readonly signInId?: string
}

const nobody: Refusal = {
  status: 401,
  code: 'reauthorization_required',
  message: nobodySignedInMessage,
}

const tooWide: Refusal = {
  status: 502,
  code: 'scope_too_wide',
  message: 'The authorization server gave a token of a wider scope than the one that was asked for.',
}

// Field by field: nothing else of the set may slip out.
function describeTokens(tokens: TokenSet, now: number): Record<string, unknown> {
  const { accessToken, tokenType, scope, expiresAt } = tokens
  const expiresInMs = expiresAt === undefined ? undefined : Math.max(0, expiresAt - now)
  return { accessToken, tokenType, expiresInMs, scope }
}

function isWider({ scope }: TokenSet, asked: string): boolean {
  const allowed = new Set(asked.split(' '))
  return scope !== undefined && scope.split(/\s+/).some(word => word !== '' && !allowed.has(word))
}

// RFC 6749 §3.3.
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/

function problemOf(members: Readonly<Record<string, unknown>>): string | undefined {
  const { scope, minTtlMs, forceRefresh, signInId } = members
  if (scope !== undefined && !(typeof scope === 'string' && scopePattern.test(scope))) {
    return 'scope must be words with single spaces between them.'
  }
  if (minTtlMs !== undefined && !(typeof minTtlMs === 'number' && minTtlMs >= 0)) {
    return 'minTtlMs must be a number of milliseconds, 0 or more.'
  }
  if (forceRefresh !== undefined && typeof forceRefresh !== 'boolean') {
    return 'forceRefresh must be true or false.'
  }
  if (signInId !== undefined && typeof signInId !== 'string') return 'signInId must be a text.'
  return undefined
}
