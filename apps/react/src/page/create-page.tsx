import { createBrowserTokens } from '@evergrant/browser'
import type { BrowserTokens } from '@evergrant/browser'
import { LiveEvents } from '@evergrant/page-kit/page'
import type { PageSettings, TokensName } from '../settings.ts'
import { EventLog } from './event-log.ts'
import { TabRoster } from './tab-roster.ts'

declare module '@evergrant/react' {
  interface Register {
    tokens: Record<TokensName, BrowserTokens>
  }
}

/** What a page has one of. Making it does nothing: listeners and connections come with the components. */
export interface Page {
  readonly settings: PageSettings
  readonly tokens: Readonly<Record<TokensName, BrowserTokens>>
  readonly logs: Readonly<Record<TokensName, EventLog>>
  readonly live: LiveEvents<TokensName>
  readonly roster: TabRoster
}

export function createPage(settings: PageSettings): Page {
  const logs = { teamServer: new EventLog(), travis: new EventLog() }
  return {
    settings,
    logs,
    live: new LiveEvents(),
    roster: new TabRoster(),
    tokens: {
      teamServer: createBrowserTokens({
        endpoint: '/api/auth/team-server',
        proxy: '/api/team-server/',
        onEvent: logs.teamServer.add,
      }),
      travis: createBrowserTokens({
        endpoint: '/api/auth/travis',
        api: { baseUrl: settings.travisApiUrl },
        onEvent: logs.travis.add,
      }),
    },
  }
}
