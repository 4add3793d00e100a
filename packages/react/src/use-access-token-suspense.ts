'use client'
import { ConfigurationError } from '@evergrant/core/source'
import React from 'react'
import type { KnownAccessTokenState } from './access-token-state.ts'
import { answerOf } from './answer-of.ts'
import type { TokensName } from './register.ts'
import { useTokens } from './tokens-context.ts'
import { useTrackedState } from './use-tracked-state.ts'

// React 18 has none, and its types neither.
const { use } = React as { use?: (answer: Promise<void>) => void }

/** An answer that React need not wait for. */
const known: Promise<void> = Object.assign(Promise.resolve(), { status: 'fulfilled', value: undefined })

/**
 * As `useAccessToken`, below `<Suspense>`: suspends until it is known who is signed in, and throws to the error
 * boundary when that cannot be found out. Each throw asks anew, so a boundary that is reset finds the news.
 * @param name which tokens, if the provider has several
 * @throws {ConfigurationError} there is no `<AccessTokenProvider>` above, or it knows no such name
 * @throws {EvergrantError} the server cannot tell who is signed in
 */
export function useAccessTokenSuspense(name?: TokensName): KnownAccessTokenState {
  const tokens = useTokens('useAccessTokenSuspense', name)
  const state = useTrackedState(tokens, refuseServer)
  const answer = state.status === 'pending' ? answerOf(tokens) : known
  // React 19 wants `use` in the last render, too, if it was in an earlier one.
  use?.(answer)
  // React 18 knows no `use`. In React 19 it returned: the answer came, and is outdated already.
  // oxlint-disable-next-line typescript/only-throw-error -- so React is told to wait
  if (state.status === 'pending') throw answer
  if (state.status === 'error') {
    tokens.load().catch(() => undefined)
    throw state.error
  }
  return state
}

/** React then sends the fallback of the nearest `<Suspense>`, and renders what is below it in the page. */
function refuseServer(): never {
  const error = new ConfigurationError('useAccessTokenSuspense works in the page alone', [
    'The server sends the fallback of the <Suspense> above it; without one, use useAccessToken.',
  ])
  // By this mark Next.js knows that all is well: without it, prerendering fails and the page logs an error.
  throw Object.assign(error, { digest: 'BAILOUT_TO_CLIENT_SIDE_RENDERING' })
}
