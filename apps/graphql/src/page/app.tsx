import { Masthead } from '@evergrant/page-kit/page'
import { useAccessToken } from '@evergrant/react'
import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import type { RefusalKind, TokensName } from '../settings.ts'
import type { Page } from './create-page.tsx'
import { Session } from './session.tsx'
import { TransportChoice } from './transport-choice.tsx'

export function App({ page }: { readonly page: Page }): ReactNode {
  const [name, setName] = useState<TokensName>('proxy')
  const [refusals, setRefusals] = useState<RefusalKind>('http')
  const proxy = useAccessToken('proxy').signInId
  const mediated = useAccessToken('mediated').signInId
  const { live } = page
  useEffect(() => live.listen({ proxy, mediated }), [live, proxy, mediated])
  return (
    <>
      <Masthead title="One GraphQL page, three clients">
        Access tokens live for 30 seconds. The queries, the mutation and the subscription do not notice.
      </Masthead>
      <main>
        <TransportChoice name={name} onName={setName} refusals={refusals} onRefusals={setRefusals} />
        <Session key={name} name={name} page={page} refusals={name === 'proxy' ? 'http' : refusals} />
      </main>
      <footer>All providers are emulated, and every account and record is made up.</footer>
    </>
  )
}
