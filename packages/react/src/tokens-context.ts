'use client'
import { ConfigurationError } from '@evergrant/core/source'
import { createContext, useContext } from 'react'
import type { Context } from 'react'
import type { ObservableTokens } from './observable-tokens.ts'

/** The tokens of an application, by name. */
export type NamedTokens = Readonly<Record<string, ObservableTokens>>

/** What the nearest provider was given. */
export const TokensContext: Context<ObservableTokens | NamedTokens | undefined> = createContext<
  ObservableTokens | NamedTokens | undefined
>(undefined)

/**
 * Finds the tokens for a hook.
 * @throws {ConfigurationError} there is no provider, or it knows no such name
 */
export function useTokens(hook: string, name: string | undefined): ObservableTokens {
  const given = useContext(TokensContext)
  if (given === undefined) {
    const fix = 'Render <AccessTokenProvider tokens={…}> of @evergrant/react above this component.'
    throw new ConfigurationError(`${hook} found no provider`, [fix])
  }
  if (isOne(given)) {
    if (name === undefined) return given
    const fix = `Give the provider names (tokens={{ ${name}: … }}), or call ${hook}() without one.`
    throw new ConfigurationError(`${hook} was called with the name ${name}`, [fix])
  }
  const names = Object.keys(given)
  const chosen = name ?? (names.length === 1 ? names[0] : undefined)
  const tokens = chosen !== undefined && Object.hasOwn(given, chosen) ? given[chosen] : undefined
  if (tokens !== undefined) return tokens
  const problem = name === undefined ? `${hook} was called without a name` : `${hook} knows no ${name}`
  throw new ConfigurationError(problem, [`The provider has: ${names.join(', ') || 'nothing'}.`])
}

function isOne(given: ObservableTokens | NamedTokens): given is ObservableTokens {
  return typeof given.getSnapshot === 'function'
}
