/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands a rejection to the error handlers */
import { Router } from 'express'
import type { FaultBox } from './faults.ts'
import { GatewayError } from './gateway-error.ts'
import { providerNames } from './provider-name.ts'
import { sameOriginOnly } from './same-origin.ts'

/** Lets the gateway's own page break emulated providers: `POST /PROVIDER/FAULT`. */
export function faultRoutes(faults: FaultBox): Router {
  const routes = Router()
  routes.post('/:provider/:fault', sameOriginOnly, async (request, response) => {
    const { provider, fault = '' } = request.params as Readonly<Record<string, string>>
    const name = providerNames.find(each => each === provider)
    const message = name && (await faults.apply(name, fault))
    if (message === undefined) {
      throw new GatewayError(
        404,
        'not_found',
        'Only emulated providers can be broken, in the ways of the page.',
      )
    }
    response.json({ message })
  })
  return routes
}
