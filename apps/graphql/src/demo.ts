import { memoryStore, systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import type { Emulator } from '@evergrant/emulator'
import { apiProxy, authRoutes } from '@evergrant/express'
import { eventRoute, lastAnswers, ownPageOnly, pageApp, requestLike } from '@evergrant/page-kit/server'
import type { DemoApp } from '@evergrant/page-kit/server'
import { travis } from '@evergrant/providers'
import { createSessions } from '@evergrant/server'
import type { RequestSession } from '@evergrant/server'
import type { Request } from 'express'
import { expireRoute } from './expire-route.ts'
import { createRevocation } from './revoke-token.ts'
import { tokensNames } from './settings.ts'
import type { PageSettings, TokensName } from './settings.ts'

/** Options of {@link createDemo}. */
export interface DemoOptions {
  /** Where TRAVIS is, and what it accepts. */
  readonly running: { readonly url: string; readonly emulator: Emulator }
  /** Where the GraphQL server is. */
  readonly graphqlUrl: string
  /** How long access tokens live, in milliseconds. */
  readonly accessTokenMs: number
  /** Where the built page is. */
  readonly pageDirectory: string
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Receives what nobody expected. Default: nothing happens. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** Creates the application: one API behind a proxy and with tokens for the page, and the page itself. */
export function createDemo(options: DemoOptions): DemoApp {
  const { running, graphqlUrl, accessTokenMs, pageDirectory, clock = systemClock } = options
  const { onError = () => {} } = options
  const { travis: provider } = running.emulator
  const { tokenEndpoint, revocationEndpoint } = provider.endpoints(running.url)
  const revoke = createRevocation({ revocationEndpoint, client: provider.credentials.customerClient })
  const sessions = sessionsOf(clock, { ...provider.credentials.customerClient, tokenEndpoint, graphqlUrl })
  const settings = settingsOf(running.emulator, graphqlUrl)
  const { origin } = new URL(graphqlUrl)
  const now = (): number => clock.wall()
  const app = pageApp({ pageDirectory, origins: [origin, origin.replace(/^http/, 'ws')], settings })
  app.get('/api/events', eventRoute(sessions))
  app.use('/api/auth/proxy', authRoutes(sessions.proxy, { now }))
  app.use(
    '/api/fleet',
    apiProxy(sessions.proxy, { target: `${origin}/`, allow: ['POST graphql'], maxBodyBytes: 65_536, now }),
  )
  app.use('/api/auth/mediated', authRoutes(sessions.mediated, { tokenMediation: true, now }))
  for (const name of tokensNames) {
    const sessionOf = (request: Request): RequestSession => sessions[name].for(requestLike(request))
    const route = expireRoute({ sessionOf, revoke, accessTokenMs, now })
    app.post(`/api/expire/${name}`, ownPageOnly, route)
  }
  app.use(...lastAnswers({ now, onError }))
  return {
    app,
    close: async () => void (await Promise.all(Object.values(sessions).map(each => each.dispose()))),
  }
}

type Sessions = ReturnType<typeof createSessions>

function sessionsOf(
  clock: Clock,
  {
    graphqlUrl,
    ...client
  }: { clientId: string; clientSecret: string; tokenEndpoint: string; graphqlUrl: string },
): Readonly<Record<TokensName, Sessions>> {
  // Tokens of a customer are for the GraphQL server here, and for nobody else.
  const authorization = travis.customers({ ...client, apiUrl: new URL('.', graphqlUrl).href })
  const create = (name: TokensName): Sessions =>
    createSessions({
      authorization,
      store: memoryStore({ clock }),
      clock,
      // The demo speaks plain http, and nobody but this machine reaches it.
      allowInsecureLoopback: true,
      // Two kinds of sessions in one application have two cookies. Cookies know no port, so others have other names.
      cookie: { name: `evergrant-graphql-${name}`, sameSite: 'strict' },
    })
  return { proxy: create('proxy'), mediated: create('mediated') }
}

function settingsOf({ travis: { credentials } }: Emulator, graphqlUrl: string): PageSettings {
  return {
    graphqlUrl,
    webSocketUrl: graphqlUrl.replace(/^http/, 'ws'),
    accounts: credentials.customers.map(({ username, password }) => ({ username, password })),
  }
}
