import type { BrowserTokens } from '@evergrant/browser'
import type { EvergrantError } from '@evergrant/core/source'
import type { ReactElement, ReactNode } from 'react'
import { expectTypeOf } from 'vitest'
import { AccessTokenProvider, useAccessToken, useAccessTokenSuspense, useAuthorizedFetch } from './index.ts'
import type { AccessTokenState, ObservableTokens } from './index.ts'

declare module './index.ts' {
  interface Register {
    tokens: { travis: BrowserTokens; er: BrowserTokens }
  }
}

// Compiled by `tsc` with the types of React 18 and 19, never run.
declare const tokens: BrowserTokens
declare const own: ObservableTokens

// A status tells what there is, also when everything was taken apart.
export function States(): ReactNode {
  const { status, username, accessToken, expiresAt, error, signInId, mode, isRefreshing } = useAccessToken()
  expectTypeOf(isRefreshing).toEqualTypeOf<boolean>()
  switch (status) {
    case 'pending':
      expectTypeOf([accessToken, error, username, mode]).toEqualTypeOf<undefined[]>()
      return null
    case 'authenticated':
      expectTypeOf(username).toEqualTypeOf<string | undefined>()
      expectTypeOf(accessToken).toEqualTypeOf<string | undefined>()
      expectTypeOf(expiresAt).toEqualTypeOf<number | undefined>()
      expectTypeOf(error).toEqualTypeOf<EvergrantError | undefined>()
      expectTypeOf(signInId).toEqualTypeOf<string>()
      expectTypeOf(mode).toEqualTypeOf<'proxy' | 'mediated'>()
      return username
    case 'unauthenticated':
      expectTypeOf(mode).toEqualTypeOf<'proxy' | 'mediated'>()
      expectTypeOf([signInId, accessToken]).toEqualTypeOf<undefined[]>()
      return null
    case 'error':
      expectTypeOf(error).toEqualTypeOf<EvergrantError>()
      return error.message
  }
}

export function Actions(): null {
  const state = useAccessToken('travis')
  expectTypeOf(state).toEqualTypeOf<AccessTokenState>()
  expectTypeOf(state.fetch).toEqualTypeOf<typeof globalThis.fetch>()
  expectTypeOf(useAuthorizedFetch('er')).toEqualTypeOf<typeof globalThis.fetch>()
  // What takes `() => Promise<string | null>` takes it as it is.
  const given: () => Promise<string | null> = state.getAccessToken
  void given
  void state.getAccessToken({ minTtlMs: undefined, signal: undefined })
  void state.signIn({ username: 'ann', password: 'fake-password' })
  // @ts-expect-error a password is missing
  void state.signIn({ username: 'ann' })
  // @ts-expect-error nothing can be set
  state.accessToken = 'fake-token'
  return null
}

export function Known(): null {
  const { status } = useAccessTokenSuspense('er')
  expectTypeOf(status).toEqualTypeOf<'authenticated' | 'unauthenticated'>()
  return null
}

export function Names(): null {
  // @ts-expect-error no such name is registered
  useAccessToken('truphone')
  // @ts-expect-error here neither
  useAuthorizedFetch('truphone')
  // An optional name may be passed on.
  const name: 'travis' | undefined = undefined
  useAccessToken(name)
  return null
}

export const trees: readonly ReactElement[] = [
  <AccessTokenProvider tokens={tokens} />,
  <AccessTokenProvider tokens={own}>text</AccessTokenProvider>,
  <AccessTokenProvider tokens={{ travis: tokens, er: own }}>{[null, <p key="p" />]}</AccessTokenProvider>,
  // @ts-expect-error a provider without tokens
  <AccessTokenProvider />,
  // @ts-expect-error a function that fetches is no tokens
  <AccessTokenProvider tokens={tokens.fetch} />,
]
