import type { AccessTokenSource } from '@evergrant/core'
import { Router } from 'express'
import type { Request, RequestHandler, Response } from 'express'
import { fetchRecords, readPaging } from './fetch-records.ts'
import { providerNames } from './provider-name.ts'
import { customerVehicles, resources } from './resources.ts'
import type { GatewayResource } from './resources.ts'

/** A route for each provider, and the customer's own vehicles: one request to the API, with a fresh access token. */
export function apiRoutes(timeoutMs: number): Router {
  const routes = Router()
  for (const name of providerNames) {
    const resource = resources[name]
    routes.get(
      resource.path,
      serve(resource, request => request.tokens[name], timeoutMs),
    )
  }
  routes.get(
    customerVehicles.path,
    serve(customerVehicles, request => request.tokens.customer, timeoutMs),
  )
  return routes
}

function serve(
  resource: GatewayResource,
  sourceOf: (request: Request) => AccessTokenSource,
  timeoutMs: number,
): RequestHandler {
  return async (request, response) => {
    const paging = readPaging(new URL(request.url, 'http://gateway').searchParams, resource)
    const signals = { left: leftSignal(response), timeoutMs }
    response.json(await fetchRecords(sourceOf(request), resource, paging, signals))
  }
}

/** Aborts when the client goes away before the answer is complete. */
function leftSignal(response: Response): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}
