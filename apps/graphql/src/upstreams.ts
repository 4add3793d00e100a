import { createTokenManager, memoryStore } from '@evergrant/core'
import type { AccessTokenSource, Clock } from '@evergrant/core'
import type { Emulator } from '@evergrant/emulator'
import { emulatedProviders } from './emulated-providers.ts'
import { readFleet, readRecords, readers } from './records.ts'
import type { Records, RecordsFetch, RecordsName, Vehicle } from './records.ts'

/** The five providers, behind tokens of the GraphQL server's own. */
export interface Upstreams extends Readonly<Record<RecordsName, () => Promise<Records>>> {
  readonly fleet: (haulierId: string) => Promise<Vehicle[]>
  readonly dispose: () => Promise<void>
}

/** Options of {@link createUpstreams}. */
export interface UpstreamsOptions {
  readonly emulator: Emulator
  /** Where the emulator is. */
  readonly url: string
  readonly clock: Clock
  /** Sends all requests. Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Asks an API another way than by the `fetch` of its token manager. */
  readonly ways?:
    Readonly<Partial<Record<RecordsName, (tokens: AccessTokenSource) => RecordsFetch>>> | undefined
}

/** Creates one token manager for each provider. Nothing is sent before somebody asks. */
export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const { emulator, url, clock, fetch, ways } = options
  const providers = emulatedProviders(emulator, url)
  const shared = { clock, store: memoryStore({ clock }), fetch }
  const managers = {
    fleet: createTokenManager(providers.fleet, shared),
    simCards: createTokenManager(providers.simCards, shared),
    campaigns: createTokenManager(providers.campaigns, shared),
    dataSources: createTokenManager(providers.dataSources, shared),
    machines: createTokenManager(providers.machines, shared),
  }
  const ask = (name: RecordsName): (() => Promise<Records>) => {
    const send: RecordsFetch = ways?.[name]?.(managers[name]) ?? managers[name].fetch
    return () => readRecords(send, readers[name])
  }
  return {
    fleet: haulierId => readFleet(managers.fleet.fetch, haulierId),
    simCards: ask('simCards'),
    campaigns: ask('campaigns'),
    dataSources: ask('dataSources'),
    machines: ask('machines'),
    dispose: async () => void (await Promise.all(Object.values(managers).map(each => each.dispose()))),
  }
}
