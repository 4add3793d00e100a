import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import type { Emulator } from '@evergrant/emulator'
import { closeGracefully } from '@evergrant/express'
import { ownHostOnly } from '@evergrant/page-kit/server'
import express from 'express'
import { campaignsByAxios } from './campaigns-by-axios.ts'
import { createGraphQLApi } from './graphql-api.ts'
import { simsByUndici } from './sims-by-undici.ts'
import { createTokenCheck } from './token-check.ts'
import { createUpstreams } from './upstreams.ts'
import { serveWebSockets } from './web-socket-api.ts'

/** Options of {@link serveGraphQL}. */
export interface ServeGraphQLOptions {
  readonly running: { readonly url: string; readonly emulator: Emulator }
  /** The origins whose pages may ask, looked at with each request. */
  readonly pageOrigins: string[]
  readonly clock?: Clock | undefined
  /** Between two live positions, in milliseconds. Default 400. */
  readonly positionEveryMs?: number | undefined
  readonly onError: (error: unknown) => void
}

/** The GraphQL server: a resource server of its own, with an address of its own. */
export interface ServedGraphQL {
  readonly server: Server
  readonly close: () => Promise<void>
}

const path = '/graphql'

/** Creates the GraphQL server over HTTP and WebSocket. It does not listen yet. */
export function serveGraphQL(options: ServeGraphQLOptions): ServedGraphQL {
  const { running, pageOrigins, clock = systemClock, positionEveryMs, onError } = options
  const { emulator, url } = running
  const upstreams = createUpstreams({
    emulator,
    url,
    clock,
    // Two of the five by clients that a server may have already; it makes no difference to anybody.
    ways: {
      campaigns: tokens => campaignsByAxios(tokens, emulator.trafficStars.endpoints(url).apiUrl),
      simCards: tokens => simsByUndici(tokens, emulator.truphone.endpoints(url).apiUrl),
    },
  })
  const check = createTokenCheck({
    introspectionEndpoint: emulator.travis.endpoints(url).introspectionEndpoint,
    client: emulator.travis.credentials.customerClient,
  })
  const api = createGraphQLApi({ upstreams, check, clock, positionEveryMs, pageOrigins, onError })
  const app = express()
  app.disable('x-powered-by')
  app.use(ownHostOnly)
  app.use(path, api.yoga)
  const server = createServer(app)
  const closeSockets = serveWebSockets({
    server,
    api,
    path,
    isPageOrigin: origin => origin !== undefined && pageOrigins.includes(origin),
  })
  return {
    server,
    close: async () => {
      await closeSockets()
      await closeGracefully(server, { disposables: [upstreams], graceMs: 200 })
    },
  }
}
