/** What a page says about how somebody came there, by the value of `?session=`. */
export type Arrival = 'signed-in' | 'signed-out' | 'ended' | 'elsewhere'

const notices: Readonly<Record<Arrival, { readonly text: string; readonly isTrouble: boolean }>> = {
  // Only shown to somebody who has no session: the cookie did not come back.
  'signed-in': {
    text: 'The password was right, but your browser did not keep the cookie that holds your session. Allow cookies for this site, then sign in again.',
    isTrouble: true,
  },
  'signed-out': { text: 'You are signed out.', isTrouble: false },
  ended: { text: 'Your session has ended. Sign in again to see your vehicles.', isTrouble: false },
  elsewhere: { text: 'You signed out in another tab.', isTrouble: false },
}

/** Finds what to say to somebody who is not signed in; undefined: nothing. */
export function noticeOf(value: unknown): { readonly text: string; readonly isTrouble: boolean } | undefined {
  return typeof value === 'string' && Object.hasOwn(notices, value) ? notices[value as Arrival] : undefined
}
