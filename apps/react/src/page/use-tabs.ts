import { useAccessToken } from '@evergrant/react'
import { useEffect, useSyncExternalStore } from 'react'
import { redact } from './redact.ts'
import type { TabRoster } from './tab-roster.ts'
import type { SignInView, TabView } from './tab-view.ts'

/** The tabs of this page, this one included. */
export function useTabs(roster: TabRoster): readonly TabView[] {
  const tabs = useSyncExternalStore(roster.subscribe, roster.getSnapshot, roster.getServerSnapshot)
  const teamServer = useAccessToken('teamServer')
  const travis = useAccessToken('travis')
  const token = travis.accessToken === undefined ? undefined : redact(travis.accessToken)
  useRoster(roster)
  useEffect(() => {
    roster.show({
      teamServer: viewOf(teamServer.signInId, teamServer.username, undefined),
      travis: viewOf(travis.signInId, travis.username, token),
    })
  }, [roster, teamServer.signInId, teamServer.username, travis.signInId, travis.username, token])
  return tabs
}

/** Joins the other tabs, also after the page was put aside by the browser. */
function useRoster(roster: TabRoster): void {
  useEffect(() => {
    let leave: (() => void) | undefined = roster.join(crypto.randomUUID())
    const hide = (): void => {
      leave?.()
      leave = undefined
    }
    const show = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) leave ??= roster.join(crypto.randomUUID())
    }
    const look = (): void => {
      if (document.visibilityState === 'visible') roster.call()
    }
    addEventListener('pagehide', hide)
    addEventListener('pageshow', show)
    document.addEventListener('visibilitychange', look)
    return () => {
      removeEventListener('pagehide', hide)
      removeEventListener('pageshow', show)
      document.removeEventListener('visibilitychange', look)
      hide()
    }
  }, [roster])
}

function viewOf(
  signInId: string | undefined,
  username: string | undefined,
  token: string | undefined,
): SignInView | undefined {
  return signInId === undefined ? undefined : { signInId, username, token }
}
