import { isConfigurationError, isReauthorizationRequiredError } from '@evergrant/core'
import { getTokens } from '@evergrant/next'
import type { NextTokens } from '@evergrant/next'
import type { SessionState } from '@evergrant/server'
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { FleetBoard } from '../components/fleet-board.tsx'
import { PageFrame } from '../components/page-frame.tsx'
import { SetupNotice } from '../components/setup-notice.tsx'
import { SignInForm } from '../components/sign-in-form.tsx'
import { exampleAccounts } from '../lib/examples.ts'
import { failed, fetchFleet, unavailable } from '../lib/fetch-fleet.ts'
import type { FleetAnswer } from '../lib/fetch-fleet.ts'
import { noticeOf } from '../lib/notices.ts'
import { sessions } from '../lib/tokens.ts'

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>

/** The dashboard, or the form for whoever is not signed in. */
export default async function FleetPage({
  searchParams,
}: {
  readonly searchParams: Query
}): Promise<ReactNode> {
  await connection()
  const { session: arrival } = await searchParams
  const seen = await look()
  if ('problems' in seen) {
    return (
      <PageFrame current="fleet">
        <SetupNotice problems={seen.problems} />
      </PageFrame>
    )
  }
  const { state, answer } = seen
  if (state.status === 'unauthenticated' || answer.status === 'signed-out') {
    return (
      <PageFrame current="fleet">
        <SignInForm
          notice={noticeOf(
            answer.status === 'signed-out' && state.status === 'authenticated' ? 'ended' : arrival,
          )}
          examples={exampleAccounts(process.env['EXAMPLE_ACCOUNTS'])}
        />
      </PageFrame>
    )
  }
  return (
    <PageFrame current="fleet" username={state.username}>
      {/* A new sign-in is a new board: nothing of the one before may stay. */}
      <FleetBoard key={state.signInId} first={answer} signInId={state.signInId} />
    </PageFrame>
  )
}

type Seen =
  { readonly problems: readonly string[] } | { readonly state: SessionState; readonly answer: FleetAnswer }

async function look(): Promise<Seen> {
  try {
    const tokens = await getTokens(sessions())
    const state = await tokens.getState()
    return { state, answer: state.status === 'authenticated' ? await ask(tokens) : { status: 'signed-out' } }
  } catch (error) {
    if (isConfigurationError(error)) return { problems: error.problems }
    throw error
  }
}

async function ask(tokens: NextTokens): Promise<FleetAnswer> {
  try {
    return await fetchFleet(path => tokens.fetch(path))
  } catch (error) {
    if (isConfigurationError(error)) throw error
    return isReauthorizationRequiredError(error) ? { status: 'signed-out' } : failed(unavailable)
  }
}
