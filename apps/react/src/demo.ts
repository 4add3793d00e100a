import { memoryStore, systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import type { Emulator } from '@evergrant/emulator'
import { apiProxy, authRoutes } from '@evergrant/express'
import { eventRoute, lastAnswers, ownPageOnly, pageApp } from '@evergrant/page-kit/server'
import type { DemoApp } from '@evergrant/page-kit/server'
import { erStudioTeamServer, travis } from '@evergrant/providers'
import { createSessions } from '@evergrant/server'
import type { SessionsOptions } from '@evergrant/server'
import type { RequestHandler } from 'express'
import type { PageSettings } from './settings.ts'
import { TokenCounter } from './token-counter.ts'

/** Options of {@link createDemo}. */
export interface DemoOptions {
  /** Where both providers are, and what they accept. */
  readonly running: { readonly url: string; readonly emulator: Emulator }
  /** Where the built page is. */
  readonly pageDirectory: string
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Receives what nobody expected. Default: nothing happens. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** Creates the application: Team Server behind a proxy, TRAVIS with tokens for the page, and the page itself. */
export function createDemo(options: DemoOptions): DemoApp {
  const { running, pageDirectory, clock = systemClock, onError = () => {} } = options
  const { emulator } = running
  const { tokenEndpoint, apiUrl } = emulator.travis.endpoints(running.url)
  const { baseUrl, apiUrl: target } = emulator.teamServer.endpoints(running.url)
  const { clientId, clientSecret } = emulator.teamServer.credentials
  const sessions = {
    teamServer: sessionsOf(
      'team-server',
      clock,
      erStudioTeamServer.users({ baseUrl, clientId, clientSecret }),
    ),
    travis: sessionsOf(
      'travis',
      clock,
      travis.customers({ ...emulator.travis.credentials.customerClient, tokenEndpoint, apiUrl }),
    ),
  }
  const now = (): number => clock.wall()
  const counter = new TokenCounter(sessions.travis)
  const origins = [new URL(apiUrl).origin]
  const app = pageApp({ pageDirectory, origins, settings: settingsOf(running) })
  app.get('/api/events', eventRoute(sessions))
  app.get('/api/token-answers', counter.tell)
  app.use('/api/auth/team-server', authRoutes(sessions.teamServer, { now }))
  app.use('/api/team-server', apiProxy(sessions.teamServer, { target, allow: ['GET datasources'], now }))
  app.use('/api/auth/travis', counter.watch, authRoutes(sessions.travis, { tokenMediation: true, now }))
  app.post('/api/expire/teamServer', ownPageOnly, expire(emulator.teamServer))
  app.post('/api/expire/travis', ownPageOnly, expire(emulator.travis))
  app.use(...lastAnswers({ now, onError }))
  return {
    app,
    close: async () => void (await Promise.all(Object.values(sessions).map(each => each.dispose()))),
  }
}

function sessionsOf(
  name: string,
  clock: Clock,
  authorization: SessionsOptions['authorization'],
): ReturnType<typeof createSessions> {
  return createSessions({
    authorization,
    store: memoryStore({ clock }),
    clock,
    // The demo speaks plain http, and nobody but this machine reaches it.
    allowInsecureLoopback: true,
    // Two kinds of sessions in one application have two cookies. Cookies know no port, so others have other names.
    cookie: { name: `evergrant-react-${name}`, sameSite: 'strict' },
  })
}

function settingsOf({ url, emulator }: DemoOptions['running']): PageSettings {
  const { username, password } = emulator.teamServer.credentials
  return {
    travisApiUrl: emulator.travis.endpoints(url).apiUrl,
    accounts: {
      teamServer: [{ username, password }],
      travis: emulator.travis.credentials.customers.map(account => ({
        username: account.username,
        password: account.password,
      })),
    },
  }
}

function expire(provider: { revokeAccessTokens(): void }): RequestHandler {
  return (_request, response) => {
    provider.revokeAccessTokens()
    response.status(204).end()
  }
}
