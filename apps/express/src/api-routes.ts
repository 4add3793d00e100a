import type { AccessTokenSource, Explanation } from '@evergrant/core'
import { Router } from 'express'
import type { RequestHandler, Response } from 'express'
import { fetchRecords, readPaging } from './fetch-records.ts'
import { expectSettings } from './gateway-errors.ts'
import type { Connection, GatewayProviders } from './gateway-providers.ts'
import { providerNames } from './provider-name.ts'
import type { ProviderName } from './provider-name.ts'
import { resources } from './resources.ts'
import type { GatewayResource } from './resources.ts'

/** What the routes need to know. */
export interface ApiRoutesOptions {
  readonly providers: GatewayProviders
  /** Says how a credential stands. */
  readonly explain: (name: ProviderName) => Explanation
  /** How long an API may take to answer, in milliseconds. */
  readonly timeoutMs: number
}

/** A route for each provider: one request to its API, with a fresh access token of the gateway's own. */
export function apiRoutes(options: ApiRoutesOptions): Router {
  const { providers } = options
  const routes = Router()
  for (const name of providerNames) {
    routes.get(resources[name].path, serve(resources[name], name, providers[name], options))
  }
  return routes
}

function serve(
  resource: GatewayResource,
  name: ProviderName,
  { settings }: Pick<Connection, 'settings'>,
  { explain, timeoutMs }: ApiRoutesOptions,
): RequestHandler {
  return async (request, response) => {
    expectSettings(response, settings)
    const paging = readPaging(new URL(request.url, 'http://gateway').searchParams, resource)
    const signals = { left: leftSignal(response), timeoutMs }
    const source: AccessTokenSource = request.tokens[name]
    const answer = await fetchRecords(source, resource, paging, {
      ...signals,
      explain: () => explain(name),
    })
    response.json(answer)
  }
}

/** Aborts when the client goes away before the answer is complete. */
function leftSignal(response: Response): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}
