import { useAccessToken } from '@evergrant/react'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import type { RefusalKind, TokensName } from '../settings.ts'
import type { Page } from './create-page.tsx'
import { SignInForm } from './sign-in-form.tsx'
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
  const { status, signInId, username } = useAccessToken(name)
  const title = useRef<HTMLHeadingElement>(null)
  // Whoever pressed a button that is gone now goes on at the top; other tabs keep their focus.
  const isActing = useRef(false)
  useEffect(() => {
    if (isActing.current) title.current?.focus()
    isActing.current = false
  }, [status, signInId])
  const act = (isUnderWay: boolean): void => void (isActing.current = isUnderWay)
  return (
    <section className="card session" aria-labelledby="session" data-status={status}>
      <h2 id="session" ref={title} tabIndex={-1}>
        {name === 'proxy' ? 'Through the proxy' : 'With tokens in the page'}
      </h2>
      <p className="status" role="status">
        {sentenceOf(status, username)}
      </p>
      {status === 'unauthenticated' && (
        <SignInForm name={name} accounts={page.settings.accounts} onSignIn={act} />
      )}
      {/* Another sign-in is another component: nothing that the first user saw is left. */}
      {status === 'authenticated' && (
        <SignedIn key={signInId} name={name} page={page} refusals={refusals} onSignOut={act} />
      )}
    </section>
  )
}

function sentenceOf(status: string, username: string | undefined): string {
  if (status === 'authenticated') return `Signed in as ${username}`
  if (status === 'unauthenticated') return 'Nobody is signed in'
  if (status === 'error') return 'The server cannot be reached; asking again by itself'
  return 'One moment …'
}
