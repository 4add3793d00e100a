import { isConfigurationError } from '@evergrant/core'
import { getTokens } from '@evergrant/next'
import type { Metadata } from 'next'
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { PageFrame } from '../../components/page-frame.tsx'
import { PagesNav } from '../../components/pages-nav.tsx'
import { SetupNotice } from '../../components/setup-notice.tsx'
import { SimCardTable } from '../../components/sim-card-table.tsx'
import { fetchSimCards } from '../../lib/fetch-sim-cards.ts'
import type { SimCardsAnswer } from '../../lib/fetch-sim-cards.ts'
import { pageNumber } from '../../lib/sim-card.ts'
import { sessions, simCardTokens } from '../../lib/tokens.ts'

export const metadata: Metadata = { title: 'SIM cards' }

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>

/** SIM cards: asked with the application's own token, shown to whoever is signed in. */
export default async function SimsPage({
  searchParams,
}: {
  readonly searchParams: Query
}): Promise<ReactNode> {
  await connection()
  const page = pageNumber((await searchParams)['page'])
  const seen = await look(page)
  if ('problems' in seen) {
    return (
      <PageFrame current="sims">
        <SetupNotice problems={seen.problems} />
      </PageFrame>
    )
  }
  if (seen.answer === undefined) {
    return (
      <PageFrame current="sims">
        <section className="panel narrow" aria-labelledby="title">
          <h1 id="title">SIM cards</h1>
          <p>Sign in first: only TRAVIS customers may see which SIM cards are in use.</p>
          {/* A plain link: the page to sign in on is another document, with a policy of its own. */}
          <p>
            <a className="button" href="/">
              Go to sign in
            </a>
          </p>
        </section>
      </PageFrame>
    )
  }
  const { answer, username } = seen
  return (
    <PageFrame current="sims" username={username}>
      <div className="heading">
        <h1 id="title">SIM cards</h1>
        <p className="quiet">Asked with this application’s own account at Truphone Connect, on the server.</p>
      </div>
      {answer.status === 'failed' ? (
        <div className="panel narrow">
          <p role="alert">{answer.message}</p>
          <p>
            <a className="button" href={`/sims?page=${page}`}>
              Try again
            </a>
          </p>
        </div>
      ) : (
        <>
          <SimCardTable simCards={answer.simCards} page={page} total={answer.total} />
          <PagesNav page={page} total={answer.total} />
        </>
      )}
    </PageFrame>
  )
}

type Seen =
  | { readonly problems: readonly string[] }
  | { readonly answer: SimCardsAnswer | undefined; readonly username?: string | undefined }

async function look(page: number): Promise<Seen> {
  try {
    const state = await (await getTokens(sessions())).getState()
    if (state.status !== 'authenticated') return { answer: undefined }
    return { answer: await fetchSimCards(simCardTokens(), page), username: state.username }
  } catch (error) {
    if (isConfigurationError(error)) return { problems: error.problems }
    throw error
  }
}
