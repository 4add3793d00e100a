import { AccessTokenProvider } from '@evergrant/react'
import { StrictMode } from 'react'
import type { ReactNode } from 'react'
import { App } from './app.tsx'
import type { Page } from './create-page.tsx'

/** The whole page. */
export function Root({ page }: { readonly page: Page }): ReactNode {
  return (
    <StrictMode>
      <AccessTokenProvider tokens={page.tokens}>
        <App page={page} />
      </AccessTokenProvider>
    </StrictMode>
  )
}
