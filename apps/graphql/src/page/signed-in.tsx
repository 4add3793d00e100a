import { SessionTimeline } from '@evergrant/page-kit/page'
import { useAccessToken } from '@evergrant/react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import type { RefusalKind, TokensName } from '../settings.ts'
import { ClientPanel } from './client-panel.tsx'
import type { Page } from './create-page.tsx'
import { clientNames, clientTitles } from './fleet-client.ts'
import type { ClientName } from './fleet-client.ts'
import { Tabs } from './tabs.tsx'
import { operationFailure } from './words.ts'

/** What one sign-in is good for. */
export function SignedIn({
  name,
  page,
  refusals,
  onSignOut,
}: {
  readonly name: TokensName
  readonly page: Page
  readonly refusals: RefusalKind
  /** Told when a sign-out begins, and with `false` when it has failed. */
  readonly onSignOut: (isUnderWay: boolean) => void
}): ReactNode {
  const { signOut } = useAccessToken(name)
  const [client, setClient] = useState<ClientName>('apollo')
  const [news, setNews] = useState('')
  const expire = async (): Promise<void> => {
    const response = await fetch(`/api/expire/${name}`, { method: 'POST', headers: { 'x-evergrant': '1' } })
    setNews(expiryNews(response.status))
  }
  const leave = async (): Promise<void> => {
    onSignOut(true)
    try {
      await signOut()
    } catch (error) {
      onSignOut(false)
      setNews(operationFailure(error))
    }
  }
  return (
    <>
      <div className="buttons">
        <button type="button" onClick={() => void expire().catch(() => setNews('No answer came.'))}>
          Let the token expire
        </button>
        <button type="button" onClick={() => void leave()}>
          Sign out
        </button>
      </div>
      <p className="news quiet" role="status">
        {news}
      </p>
      <Tabs label="Client" names={clientNames} titles={clientTitles} value={client} onValue={setClient}>
        <ClientPanel
          key={`${client} ${refusals}`}
          client={client}
          name={name}
          page={page}
          refusals={refusals}
        />
      </Tabs>
      <SessionTimeline name={name} live={page.live} label="TRAVIS" />
    </>
  )
}

function expiryNews(status: number): string {
  if (status === 204) return 'The API refuses the access token of now. Nothing fails.'
  if (status === 409) return 'This access token was just issued. Try again in a few seconds.'
  return 'The server refused.'
}
