import type { EvergrantError } from '@evergrant/core/source'
import type { BrowserMode } from './server-session.ts'
import type { TabSession } from './tab-session.ts'

/** What is known now. One and the same object until something of it changes. */
export type BrowserSnapshot =
  | {
      /** The server was not asked yet, or has not answered. */
      readonly status: 'pending'
      readonly isRefreshing: boolean
      readonly error?: undefined
    }
  | {
      readonly status: 'authenticated'
      readonly mode: BrowserMode
      /** Names this sign-in; another one, also of the same user, has another. */
      readonly signInId: string
      readonly username: string | undefined
      /** When the access token ends, in epoch milliseconds of this page's clock; undefined: none is held, or it is unknown. */
      readonly expiresAt: number | undefined
      /** Whether the server is being asked, for a token or for who is signed in. */
      readonly isRefreshing: boolean
      /** Why the last attempt to renew something failed. Nobody was signed out over it. */
      readonly error: EvergrantError | undefined
    }
  | {
      readonly status: 'unauthenticated'
      readonly mode: BrowserMode
      readonly isRefreshing: boolean
      readonly error?: undefined
    }
  | {
      /** Who is signed in is not known, because the server cannot be asked. It is asked again by itself. */
      readonly status: 'error'
      readonly error: EvergrantError
      readonly isRefreshing: boolean
    }

/** The snapshot of a server, and of a page before its first question. */
export const pending: BrowserSnapshot = Object.freeze({ status: 'pending', isRefreshing: false })

/** Keeps the old object where the new one says the same. */
export function newer(before: BrowserSnapshot, after: BrowserSnapshot): BrowserSnapshot {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof BrowserSnapshot>
  return [...names].every(name => before[name] === after[name]) ? before : Object.freeze(after)
}

/** Puts together what there is to show. */
export function describeSession(
  session: Pick<TabSession, 'backOff' | 'isLoading' | 'keepers' | 'known'>,
): BrowserSnapshot {
  const { backOff, isLoading, known } = session
  const keeper = session.keepers?.main
  const isRefreshing = isLoading || keeper?.isRefreshing === true
  if (known === undefined)
    return backOff.error
      ? { status: 'error', error: backOff.error, isRefreshing }
      : { ...pending, isRefreshing }
  if (known.status === 'unauthenticated') return { status: known.status, mode: known.mode, isRefreshing }
  const error = keeper?.backOff.error ?? backOff.error
  return { ...known, expiresAt: keeper?.token?.expiresAt, isRefreshing, error }
}
