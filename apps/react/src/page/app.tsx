import { Masthead } from '@evergrant/page-kit/page'
import { useAccessToken } from '@evergrant/react'
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import type { Page } from './create-page.tsx'
import { Panel } from './panel.tsx'
import { TabsCard } from './tabs-card.tsx'

export function App({ page }: { readonly page: Page }): ReactNode {
  const teamServer = useAccessToken('teamServer').signInId
  const travis = useAccessToken('travis').signInId
  const { live } = page
  useEffect(() => live.listen({ teamServer, travis }), [live, teamServer, travis])
  return (
    <>
      <Masthead title="Two modes, side by side">
        Sign in at either, open a second tab, and see what a page gets to know.
      </Masthead>
      <main>
        <TabsCard page={page} />
        <div className="panels">
          <Panel name="teamServer" page={page}>
            Every request goes through this server’s proxy, which adds the access token. The page never gets
            one.
          </Panel>
          <Panel name="travis" page={page}>
            The page gets short-lived access tokens and calls the API itself. The refresh token stays on the
            server.
          </Panel>
        </div>
      </main>
      <footer>Both providers are emulated, and every account and record is made up.</footer>
    </>
  )
}
