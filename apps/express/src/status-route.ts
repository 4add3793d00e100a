import type { TokenManager } from '@evergrant/core'
import type { RequestHandler } from 'express'
import type { Customers } from './customers.ts'
import { describeCredential } from './describe-credential.ts'
import type { FaultBox } from './faults.ts'
import type { GatewayProviders } from './gateway-providers.ts'
import { providerNames } from './provider-name.ts'
import type { ProviderName } from './provider-name.ts'
import type { RequestCounter } from './request-counter.ts'
import { resources } from './resources.ts'

/** What the status is made of. */
export interface StatusSources {
  readonly providers: GatewayProviders
  readonly managers: Readonly<Record<ProviderName, TokenManager>>
  readonly customers: Customers
  readonly counter: RequestCounter
  readonly faults: FaultBox
  readonly now: () => number
}

/** Answers how every credential is, in the words of `explain()`. Asks nobody, so it can be polled. */
export function statusRoute({
  providers,
  managers,
  customers,
  counter,
  faults,
  now,
}: StatusSources): RequestHandler {
  return (request, response) => {
    const { examples, isEmulated } = providers.customers
    response.json({
      // The page counts down by this clock: the browser's own may be wrong.
      at: now(),
      credentials: providerNames.map(name => ({
        name,
        title: resources[name].title,
        isEmulated: providers[name].isEmulated,
        ...describeCredential(managers[name].explain(), {
          tokenRequests: counter.of(managers[name]).tokenRequests,
          isConfigured: true,
        }),
        refreshes: counter.of(managers[name]).refreshes,
        regrants: counter.of(managers[name]).regrants,
        faults: faults.namesFor(name),
      })),
      customer: { isEmulated, examples, ...customers.status(request) },
    })
  }
}
