import type { TokensName } from '../settings.ts'
import { tokensNames } from '../settings.ts'

/** Who is signed in at one of the two, as a tab sees it. */
export interface SignInView {
  readonly signInId: string
  readonly username: string | undefined
  /** The access token that the tab holds, redacted; undefined: none. */
  readonly token: string | undefined
}

/** What one tab shows. It holds no secret. */
export interface TabView {
  readonly id: string
  readonly shows: Readonly<Record<TokensName, SignInView | undefined>>
}

/** Whether all tabs show the same users, and hold the same token where they hold one. */
export function agree(tabs: readonly TabView[]): boolean {
  return tokensNames.every(name => {
    const views = tabs.map(({ shows }) => shows[name])
    const signIns = new Set(views.map(view => view?.signInId))
    const held = new Set(views.map(view => view?.token).filter(token => token !== undefined))
    return signIns.size <= 1 && held.size <= 1
  })
}

/** The sentence above the list of tabs. */
export function tabsSentence(tabs: readonly TabView[]): string {
  if (tabs.length <= 1)
    return 'This is the only tab of this page. Open a second one, and sign in or out in either.'
  const count = `${tabs.length} tabs of this page are open`
  return agree(tabs)
    ? `${count}, and they agree.`
    : `${count}. One has news that the others are about to learn.`
}

/** How often the token route was asked. */
export function answersSentence(count: number): string {
  const times = count === 1 ? 'once' : `${count} times`
  return `The server’s token route has answered ${times} for this sign-in at TRAVIS, for all tabs together.`
}
