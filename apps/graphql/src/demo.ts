import { memoryStore, systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import type { Emulator } from '@evergrant/emulator'
import { apiProxy, authRoutes, tokenErrorHandler } from '@evergrant/express'
import { travis } from '@evergrant/providers'
import { createSessions } from '@evergrant/server'
import type { RequestSession } from '@evergrant/server'
import express from 'express'
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express'
import { eventRoute } from './event-route.ts'
import { expireRoute } from './expire-route.ts'
import { ownHostOnly, ownPageOnly } from './own-page-only.ts'
import { requestLike } from './request-like.ts'
import { createRevocation } from './revoke-token.ts'
import { securityHeaders } from './security-headers.ts'
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

/** The application, not yet listening. */
export interface Demo {
  readonly app: Express
  /** Ends all sessions: no more timers and requests. */
  readonly close: () => Promise<void>
}

/** Creates the application: one API behind a proxy and with tokens for the page, and the page itself. */
export function createDemo(options: DemoOptions): Demo {
  const { running, graphqlUrl, accessTokenMs, pageDirectory, clock = systemClock } = options
  const { onError = () => {} } = options
  const { travis: provider } = running.emulator
  const { tokenEndpoint, revocationEndpoint } = provider.endpoints(running.url)
  const revoke = createRevocation({ revocationEndpoint, client: provider.credentials.customerClient })
  const sessions = sessionsOf(clock, { ...provider.credentials.customerClient, tokenEndpoint, graphqlUrl })
  const settings = settingsOf(running.emulator, graphqlUrl)
  const { origin } = new URL(graphqlUrl)
  const now = (): number => clock.wall()
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders([origin, origin.replace(/^http/, 'ws')]), ownHostOnly)
  app.use(express.static(pageDirectory, { cacheControl: false, setHeaders: revalidate }))
  app.use('/api', noStore)
  app.get('/api/settings', (_request, response) => void response.json(settings))
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
  app.use(notFound, tokenErrorHandler({ now }), lastErrors(onError))
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

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}

// Names of scripts and styles change with what is in them; caches ask for the page itself.
function revalidate(response: Response, path: string): void {
  const isLasting = /[\\/]assets[\\/][^\\/]+$/.test(path)
  response.set('Cache-Control', isLasting ? 'public, max-age=31536000, immutable' : 'no-cache')
}

const notFound: RequestHandler = (_request, response) => {
  response.status(404).json({ error: { code: 'not_found', message: 'Nothing is served here.' } })
}

function lastErrors(onError: (error: unknown) => void): ErrorRequestHandler {
  return (error, _request, response, next) => {
    onError(error)
    if (response.headersSent) return next(error)
    const message = 'The server could not answer the request.'
    response.status(500).json({ error: { code: 'internal_error', message } })
  }
}
