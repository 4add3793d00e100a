import { SessionTimeline } from '@evergrant/page-kit/page'
import { useAccessToken, useAuthorizedFetch } from '@evergrant/react'
import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import type { TokensName } from '../settings.ts'
import { byAxios, byFetch } from './ask.ts'
import type { Page } from './create-page.tsx'
import { resources } from './records.ts'
import { RecordsList } from './records-list.tsx'
import { ScriptView } from './script-view.tsx'
import { useRecords } from './use-records.ts'
import { recordsFailure } from './words.ts'

/** What one sign-in is good for. */
export function SignedIn({
  name,
  page,
  onSignOut,
}: {
  readonly name: TokensName
  readonly page: Page
  /** Told when a sign-out begins, and with `false` when it has failed. */
  readonly onSignOut: (isUnderWay: boolean) => void
}): ReactNode {
  const { refresh, signOut } = useAccessToken(name)
  const fetch = useAuthorizedFetch(name)
  const ways = useMemo(() => ({ fetch: byFetch(fetch), axios: byAxios(fetch) }), [fetch])
  const resource = resources[name]
  const fetched = useRecords(resource, ways.fetch)
  const byOther = useRecords(resource, ways.axios)
  const [news, setNews] = useState('')
  const run = (what: () => Promise<string>): void => {
    setNews('')
    what().then(setNews, (error: unknown) => setNews(recordsFailure(error)))
  }
  const askBoth = async (): Promise<string> => {
    await Promise.all([fetched.ask(), byOther.ask()])
    return 'Asked again, by fetch and by axios.'
  }
  const expire = async (): Promise<string> => {
    const response = await globalThis.fetch(`/api/expire/${name}`, {
      method: 'POST',
      headers: { 'x-evergrant': '1' },
    })
    if (!response.ok) throw new Error('The server refused.')
    return 'The API refuses the access token of now. Ask again: it works all the same.'
  }
  const leave = async (): Promise<string> => {
    try {
      await signOut()
      return ''
    } catch (error) {
      onSignOut(false)
      throw error
    }
  }
  return (
    <>
      <div className="buttons">
        <button type="button" onClick={() => run(askBoth)}>
          Ask again
        </button>
        <button type="button" onClick={() => run(() => refresh().then(() => refreshed[name]))}>
          Refresh
        </button>
        <button type="button" onClick={() => run(expire)}>
          Let the token expire
        </button>
        <button
          type="button"
          onClick={() => {
            onSignOut(true)
            run(leave)
          }}
        >
          Sign out
        </button>
      </div>
      <p className="news quiet" role="status">
        {news}
      </p>
      <ScriptView name={name} />
      <SessionTimeline name={name} live={page.live} label={resource.title} />
      <div className="ways">
        <RecordsList way="fetch" resource={resource} state={fetched.state} />
        <RecordsList way="axios" resource={resource} state={byOther.state} />
      </div>
    </>
  )
}

const refreshed = {
  teamServer: 'Asked the server who is signed in; the token is its own business.',
  travis: 'The page has a new access token.',
} as const
