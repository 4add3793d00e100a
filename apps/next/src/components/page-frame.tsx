import { Logo } from '@evergrant/page-kit/logo'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { signOut } from '../app/actions.ts'
import { SignOutButton } from './sign-out-button.tsx'

/** What is around every page. Part of the page and not of the layout, which Next does not render anew after a sign-in. */
export function PageFrame({
  current,
  username,
  children,
}: {
  readonly current: 'fleet' | 'sims'
  readonly username?: string | undefined
  readonly children: ReactNode
}): ReactNode {
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="masthead">
        <p className="brand">
          <Logo size={36} />
          <span>
            <strong>Fleet</strong> for TRAVIS customers
          </span>
        </p>
        <nav aria-label="Pages">
          {/* Not fetched ahead: that would ask an API for a page that nobody opened. */}
          <Link href="/" prefetch={false} aria-current={current === 'fleet' ? 'page' : undefined}>
            Vehicles
          </Link>
          <Link href="/sims" prefetch={false} aria-current={current === 'sims' ? 'page' : undefined}>
            SIM cards
          </Link>
        </nav>
        {username !== undefined && (
          <form className="account" action={signOut}>
            <span className="who">{username}</span>
            <SignOutButton />
          </form>
        )}
      </header>
      <main id="content">{children}</main>
      <footer>
        <p>
          Access tokens stay on the server; this page never sees one. Coastlines and borders are drawn by
          hand.
        </p>
      </footer>
    </>
  )
}
