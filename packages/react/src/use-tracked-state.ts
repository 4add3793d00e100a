'use client'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { AccessTokenState } from './access-token-state.ts'
import type { ObservableTokens } from './observable-tokens.ts'
import { TrackedState } from './tracked-state.ts'

/** Renders the component again when something changed that it has read. `onServer` replaces the state of a server. */
export function useTrackedState(tokens: ObservableTokens, onServer?: () => never): AccessTokenState {
  const tracked = useMemo(() => new TrackedState(tokens), [tokens])
  // After every render, because any may be the first that reads the token.
  useEffect(tracked.obtain)
  return useSyncExternalStore(tracked.subscribe, tracked.getState, onServer ?? tracked.getServerState)
}
