import { fileURLToPath } from 'node:url'
import { createTokenManager, memoryStore, systemClock } from '@evergrant/core'
import type { Clock, TokenManager } from '@evergrant/core'
import { accessTokens } from '@evergrant/express'
import { createSessions } from '@evergrant/server'
import express from 'express'
import type { Express, RequestHandler } from 'express'
import { apiRoutes } from './api-routes.ts'
import { customerRoutes } from './customer-routes.ts'
import type { ProviderFaults } from './emulator-faults.ts'
import { customerEventRoute, eventRoute } from './event-route.ts'
import { faultRoutes } from './fault-routes.ts'
import { FaultBox } from './faults.ts'
import type { GatewayCluster } from './gateway-cluster.ts'
import { gatewayErrors, notFound } from './gateway-errors.ts'
import type { GatewayProviders } from './gateway-providers.ts'
import { providerNames } from './provider-name.ts'
import type { ProviderName } from './provider-name.ts'
import { RequestCounter } from './request-counter.ts'
import { ownHostOnly } from './same-origin.ts'
import { noStore, revalidate, securityHeaders } from './security-headers.ts'
import { statusRoute } from './status-route.ts'
import { timelineFiles } from './timeline-files.ts'

/** Options of {@link createGateway}. */
export interface GatewayOptions {
  readonly providers: GatewayProviders
  /** Breaks the emulated providers for the page. Default: it cannot. */
  readonly faults?: ProviderFaults | undefined
  /** The processes that it shares its tokens and sessions with. Default: it is alone, and keeps them in memory. */
  readonly cluster?: GatewayCluster | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
  /** How long an API may take to answer, in milliseconds. Default 15 000. */
  readonly timeoutMs?: number | undefined
  /** Receives what nobody expected. Default: nothing happens. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** The gateway, not yet listening. */
export interface Gateway {
  readonly app: Express
  /** Ends all token managers and sessions: no more timers and requests. */
  readonly close: () => Promise<void>
}

/** Creates the application: five APIs and one page. Nothing is fetched before somebody asks. */
export function createGateway(options: GatewayOptions): Gateway {
  const { providers, cluster, clock = systemClock, timeoutMs = 15_000, onError = () => {} } = options
  const shared = { store: cluster?.store ?? memoryStore({ clock }), clock }
  const counter = new RequestCounter()
  const managers = Object.fromEntries(
    providerNames.map(name => [name, createTokenManager(providers[name].authorization, shared)]),
  ) as Record<ProviderName, TokenManager>
  for (const name of providerNames) counter.watch(managers[name])
  cluster?.watch(managers)
  const faults = new FaultBox({ providers, managers, faults: options.faults })
  const sessions = createSessions({
    ...shared,
    authorization: providers.customers.authorization,
    tokensIn: 'store',
    // The gateway speaks plain http, and nobody but this machine reaches it.
    allowInsecureLoopback: true,
    // Cookies know no port: another application on this machine has a session of its own.
    cookie: { name: cluster === undefined ? 'evergrant-gateway' : 'evergrant-cluster', sameSite: 'strict' },
  })
  const now = (): number => clock.wall()
  const connection = providers.customers
  const customers = customerRoutes({ sessions, connection, now, timeoutMs, onError })
  const { signInFault } = customers

  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(securityHeaders, ownHostOnly)
  app.use(page())
  app.use('/timeline', timelineFiles())
  app.use('/api', noStore)
  app.use(accessTokens({ ...managers, customer: sessions }))
  app.get('/api/status', statusRoute({ providers, managers, signInFault, counter, faults, cluster, now }))
  app.get('/api/events', eventRoute(managers))
  app.get('/api/customer/events/:session', customerEventRoute(clock))
  app.use('/api/break', faultRoutes(faults))
  app.use('/api', customers.routes)
  app.use('/api', apiRoutes({ providers, explain: name => managers[name].explain(), timeoutMs }))
  app.use(notFound)
  app.use(gatewayErrors({ now, onError }))

  const disposables = [...Object.values(managers), sessions]
  const close = async (): Promise<void> => {
    cluster?.dispose()
    await Promise.all(disposables.map(each => each.dispose()))
  }
  return { app, close }
}

// Found relative to this module: `src/public`, and its copy in `dist`.
function page(): RequestHandler {
  const directory = fileURLToPath(new URL('public', import.meta.url))
  return express.static(directory, { cacheControl: false, setHeaders: revalidate })
}
