'use client'
import { createElement } from 'react'
import type { ReactElement, ReactNode } from 'react'
import type { ObservableTokens } from './observable-tokens.ts'
import { TokensContext } from './tokens-context.ts'
import type { NamedTokens } from './tokens-context.ts'

/** Properties of {@link AccessTokenProvider}. */
export interface AccessTokenProviderProps {
  /** The tokens of the page, or several by name. Make them once, outside of components. */
  readonly tokens: ObservableTokens | NamedTokens
  readonly children?: ReactNode
}

/** Gives the components below it their tokens. It asks nothing: the first component that wants to know does. */
export function AccessTokenProvider({ tokens, children }: AccessTokenProviderProps): ReactElement {
  return createElement(TokensContext.Provider, { value: tokens }, children)
}
