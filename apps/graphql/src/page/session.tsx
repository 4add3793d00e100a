import { sessionSentence, SignInForm, useTitleFocus } from '@evergrant/page-kit/page'
import { useAccessToken } from '@evergrant/react'
import type { ReactNode } from 'react'
import type { RefusalKind, TokensName } from '../settings.ts'
import type { Page } from './create-page.tsx'
import { SignedIn } from './signed-in.tsx'

/** Who is signed in for one of the transports, and what that is good for. */
export function Session({
  name,
  page,
  refusals,
}: {
  readonly name: TokensName
  readonly page: Page
  readonly refusals: RefusalKind
}): ReactNode {
  const { status, signInId, username, signIn } = useAccessToken(name)
  const { title, act } = useTitleFocus(status, signInId)
  return (
    <section className="card session" aria-labelledby="session" data-status={status}>
      <h2 id="session" ref={title} tabIndex={-1}>
        {name === 'proxy' ? 'Through the proxy' : 'With tokens in the page'}
      </h2>
      <p className="status" role="status">
        {sessionSentence(status, username)}
      </p>
      {status === 'unauthenticated' && (
        <SignInForm signIn={signIn} accounts={page.settings.accounts} onSignIn={act} />
      )}
      {/* Another sign-in is another component: nothing that the first user saw is left. */}
      {status === 'authenticated' && (
        <SignedIn key={signInId} name={name} page={page} refusals={refusals} onSignOut={act} />
      )}
    </section>
  )
}
