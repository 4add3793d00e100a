import { sessionSentence, SignInForm, useTitleFocus } from '@evergrant/page-kit/page'
import { useAccessToken } from '@evergrant/react'
import type { ReactNode } from 'react'
import type { TokensName } from '../settings.ts'
import type { Page } from './create-page.tsx'
import { PageLog } from './page-log.tsx'
import { resources } from './records.ts'
import { SignedIn } from './signed-in.tsx'

const modes = { teamServer: 'Proxy mode', travis: 'Mediated mode' } as const

/** One provider: who is signed in there, and what that is good for. */
export function Panel({
  name,
  page,
  children,
}: {
  readonly name: TokensName
  readonly page: Page
  readonly children: ReactNode
}): ReactNode {
  const { status, signInId, username, signIn } = useAccessToken(name)
  const { title, act } = useTitleFocus(status, signInId)
  return (
    <section className="card panel" aria-labelledby={`${name}-title`} data-status={status}>
      <header>
        <h2 id={`${name}-title`} ref={title} tabIndex={-1}>
          {modes[name]}: {resources[name].title}
        </h2>
        <p className="quiet">{children}</p>
      </header>
      <p className="status" role="status">
        {sessionSentence(status, username)}
      </p>
      {status === 'unauthenticated' && (
        <SignInForm signIn={signIn} accounts={page.settings.accounts[name]} onSignIn={act} />
      )}
      {/* Another sign-in is another component: nothing that the first user saw is left. */}
      {status === 'authenticated' && <SignedIn key={signInId} name={name} page={page} onSignOut={act} />}
      <PageLog log={page.logs[name]} />
    </section>
  )
}
