import type { TokenManager } from '@evergrant/core'
import type { RequestHandler } from 'express'
import { customerStatus } from './customer-status.ts'
import { describeCredential } from './describe-credential.ts'
import type { FaultBox } from './faults.ts'
import type { GatewayCluster } from './gateway-cluster.ts'
import type { GatewayProviders } from './gateway-providers.ts'
import { providerNames } from './provider-name.ts'
import type { ProviderName } from './provider-name.ts'
import type { RequestCounter } from './request-counter.ts'
import { resources } from './resources.ts'

/** What the status is made of. */
export interface StatusSources {
  readonly providers: GatewayProviders
  readonly managers: Readonly<Record<ProviderName, TokenManager>>
  /** The gateway's own fault in the last sign-in of a customer that failed, if it had one. */
  readonly signInFault: () => string | undefined
  readonly counter: RequestCounter
  readonly faults: FaultBox
  /** Undefined: the gateway is alone. */
  readonly cluster: GatewayCluster | undefined
  readonly now: () => number
}

/** Answers how every credential is, in the words of `explain()`. Asks no provider, so it can be polled. */
export function statusRoute({
  providers,
  managers,
  signInFault,
  counter,
  faults,
  cluster,
  now,
}: StatusSources): RequestHandler {
  return async (request, response) => {
    const { examples, isEmulated } = providers.customers
    const customer = await customerStatus(request.tokens.customer, cluster === undefined)
    const { credentials: shared, ...processes } = (await cluster?.describe()) ?? {}
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
        shared: shared?.[name],
      })),
      customer: { isEmulated, examples, signInFault: signInFault(), ...customer },
      cluster: cluster && processes,
    })
  }
}
