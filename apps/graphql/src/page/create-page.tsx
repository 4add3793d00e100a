import { createBrowserTokens } from '@evergrant/browser'
import type { BrowserTokens } from '@evergrant/browser'
import { LiveEvents } from '@evergrant/page-kit/page'
import type { PageSettings, TokensName } from '../settings.ts'

declare module '@evergrant/react' {
  interface Register {
    tokens: Record<TokensName, BrowserTokens>
  }
}

/** What a page has one of. Making it does nothing: listeners and connections come with the components. */
export interface Page {
  readonly settings: PageSettings
  readonly tokens: Readonly<Record<TokensName, BrowserTokens>>
  readonly live: LiveEvents<TokensName>
}

export function createPage(settings: PageSettings): Page {
  const api = { baseUrl: new URL('.', settings.graphqlUrl).href }
  return {
    settings,
    live: new LiveEvents(),
    tokens: {
      // The GraphQL server's own URL leads to the proxy: the clients need not know the mode.
      proxy: createBrowserTokens({ endpoint: '/api/auth/proxy', proxy: '/api/fleet/', api }),
      mediated: createBrowserTokens({ endpoint: '/api/auth/mediated', api }),
    },
  }
}
