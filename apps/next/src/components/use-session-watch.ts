'use client'

import { useEffect } from 'react'

/** Asks who is signed in whenever somebody comes back to the tab: meanwhile it may be nobody, or somebody else. */
export function useSessionWatch(signInId: string, onEnded: () => void, onChanged: () => void): void {
  useEffect(() => {
    const look = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return
      const response = await fetch('/api/auth/session', { headers: { 'x-evergrant': '1' } }).catch(
        () => undefined,
      )
      // A failure says nothing about the session.
      if (response?.ok !== true) return
      const state = (await response.json()) as { status: string; signInId?: string }
      if (state.status !== 'authenticated') onEnded()
      else if (state.signInId !== signInId) onChanged()
    }
    const listener = (): void => void look()
    document.addEventListener('visibilitychange', listener)
    addEventListener('pageshow', listener)
    return () => {
      document.removeEventListener('visibilitychange', listener)
      removeEventListener('pageshow', listener)
    }
  }, [signInId, onEnded, onChanged])
}
