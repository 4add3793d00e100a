import { isReauthorizationRequiredError } from '@evergrant/core'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { auth } from '../auth.ts'
import { FleetTable } from '../components/fleet-table.tsx'
import { LiveFleet } from '../components/live-fleet.tsx'
import { SignInPanel } from '../components/sign-in-panel.tsx'
import { path, readFleet, unreachable } from '../lib/fleet.ts'
import type { FleetAnswer } from '../lib/fleet.ts'
import { tokens } from '../lib/tokens.ts'
import { leave } from './actions.ts'

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>

/** The fleet, asked here and by the page; or the way in. */
export default async function FleetPage({
  searchParams,
}: {
  readonly searchParams: Query
}): Promise<ReactNode> {
  const session = await auth()
  const { error, left } = await searchParams
  const answer = session?.user ? await ask() : ({ kind: 'sign-in' } as const)
  const isEnded = session?.error === 'RefreshTokenError' || (session !== null && answer.kind === 'sign-in')
  return (
    <>
      <header>
        <p className="brand">Fleet with Auth.js</p>
        {session?.user && (
          <form action={leave} className="account">
            <span>{session.user.email}</span>
            <button type="submit">Sign out</button>
          </form>
        )}
      </header>
      <main id="content" tabIndex={-1}>
        {answer.kind === 'sign-in' || isEnded ? (
          <SignInPanel notice={noticeOf(isEnded, error !== undefined, left !== undefined)} />
        ) : (
          <>
            <h1>Vehicles</h1>
            <p>
              Access tokens live for 30 seconds here, and refresh tokens work once. Neither of them is in this
              page, nor in its cookie.
            </p>
            <div className="fleets">
              <section aria-labelledby="server">
                <h2 id="server">Asked by the server</h2>
                <p>A server component asked TRAVIS while it made this page.</p>
                <FleetTable answer={answer} caption="As this page was made" />
              </section>
              <LiveFleet />
            </div>
          </>
        )}
      </main>
    </>
  )
}

async function ask(): Promise<FleetAnswer> {
  try {
    return await readFleet(
      await tokens()
        .for({ headers: await headers() })
        .fetch(path),
    )
  } catch (error) {
    return isReauthorizationRequiredError(error) ? { kind: 'sign-in' } : unreachable
  }
}

function noticeOf(isEnded: boolean, hasFailed: boolean, hasLeft: boolean): string | undefined {
  if (isEnded) return 'Your session at TRAVIS has ended. Sign in again.'
  if (hasFailed) return 'The sign-in did not succeed. Try again.'
  return hasLeft ? 'You are signed out.' : undefined
}
