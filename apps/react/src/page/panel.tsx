import { useAccessToken } from '@evergrant/react'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import type { TokensName } from '../settings.ts'
import type { Page } from './create-page.tsx'
import { PageLog } from './page-log.tsx'
import { resources } from './records.ts'
import { SignInForm } from './sign-in-form.tsx'
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
  const { status, signInId, username } = useAccessToken(name)
  const title = useRef<HTMLHeadingElement>(null)
  // Whoever pressed a button that is gone now goes on at the top of the panel; other tabs keep their focus.
  const isActing = useRef(false)
  useEffect(() => {
    if (isActing.current) title.current?.focus()
    isActing.current = false
  }, [status, signInId])
  const act = (isUnderWay: boolean): void => void (isActing.current = isUnderWay)
  return (
    <section className="card panel" aria-labelledby={`${name}-title`} data-status={status}>
      <header>
        <h2 id={`${name}-title`} ref={title} tabIndex={-1}>
          {modes[name]}: {resources[name].title}
        </h2>
        <p className="quiet">{children}</p>
      </header>
      <p className="status" role="status">
        {sentenceOf(status, username)}
      </p>
      {status === 'unauthenticated' && (
        <SignInForm name={name} accounts={page.settings.accounts[name]} onSignIn={act} />
      )}
      {/* Another sign-in is another component: nothing that the first user saw is left. */}
      {status === 'authenticated' && <SignedIn key={signInId} name={name} page={page} onSignOut={act} />}
      <PageLog log={page.logs[name]} />
    </section>
  )
}

function sentenceOf(status: string, username: string | undefined): string {
  if (status === 'authenticated') return `Signed in as ${username}`
  if (status === 'unauthenticated') return 'Nobody is signed in'
  if (status === 'error') return 'The server cannot be reached; asking again by itself'
  return 'One moment …'
}
