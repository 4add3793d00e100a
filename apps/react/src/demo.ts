import { memoryStore, systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import type { Emulator } from '@evergrant/emulator'
import { apiProxy, authRoutes, tokenErrorHandler } from '@evergrant/express'
import { erStudioTeamServer, travis } from '@evergrant/providers'
import { createSessions } from '@evergrant/server'
import type { SessionsOptions } from '@evergrant/server'
import express from 'express'
import type { ErrorRequestHandler, Express, RequestHandler, Response } from 'express'
import { eventRoute } from './event-route.ts'
import { ownHostOnly, ownPageOnly } from './own-page-only.ts'
import { securityHeaders } from './security-headers.ts'
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

/** The application, not yet listening. */
export interface Demo {
  readonly app: Express
  /** Ends all sessions: no more timers and requests. */
  readonly close: () => Promise<void>
}

/** Creates the application: Team Server behind a proxy, TRAVIS with tokens for the page, and the page itself. */
export function createDemo(options: DemoOptions): Demo {
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
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders(apiUrl), ownHostOnly)
  app.use(express.static(pageDirectory, { cacheControl: false, setHeaders: revalidate }))
  app.use('/api', noStore)
  app.get('/api/settings', (_request, response) => void response.json(settingsOf(running)))
  app.get('/api/events', eventRoute(sessions))
  app.get('/api/token-answers', counter.tell)
  app.use('/api/auth/team-server', authRoutes(sessions.teamServer, { now }))
  app.use('/api/team-server', apiProxy(sessions.teamServer, { target, allow: ['GET datasources'], now }))
  app.use('/api/auth/travis', counter.watch, authRoutes(sessions.travis, { tokenMediation: true, now }))
  app.post('/api/expire/teamServer', ownPageOnly, expire(emulator.teamServer))
  app.post('/api/expire/travis', ownPageOnly, expire(emulator.travis))
  app.use(notFound, tokenErrorHandler({ now }), lastErrors(onError))
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
