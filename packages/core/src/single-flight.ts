import type { Credential } from './credential.ts'
import { StaleWatch } from './stale-watch.ts'
import type { TokenStore } from './store.ts'
import type { Binding } from './token-record.ts'

/** What one process shares per store: running exchanges by name, and the claims that it wrote itself. */
export interface FlightRegistry {
  readonly flights: Map<string, Promise<unknown>>
  /** The last exchange of each family: the next one waits for it. */
  readonly turns: Map<string, Promise<unknown>>
  /** The exchanges under way, by the hash of the refresh token that they redeem. */
  readonly redemptions: Map<string, Promise<unknown>>
  /** Claims of this process whose exchange is over, although a record may still show them. */
  readonly endedClaims: Set<string>
  /** Which server, client and user each key in use belongs to, and how many managers use it. */
  readonly bindings: Map<string, { readonly binding: Binding; users: number }>
  /** Who has redeemed what the store has not taken yet, by key. */
  readonly unsaved: Map<string, Credential>
  readonly watch: StaleWatch
}

const registered: unique symbol = Symbol.for('@evergrant/core:flights/2') as never

/**
 * The registry that belongs to a store object. It hangs on a registered symbol, so that two managers of one key share
 * a flight even if the module was evaluated twice (hot reload, duplicate packages).
 */
export function flightsOf(store: TokenStore): FlightRegistry {
  const holder = globalThis as { [registered]?: WeakMap<TokenStore, FlightRegistry> }
  const registries = (holder[registered] ??= new WeakMap())
  let registry = registries.get(store)
  if (registry === undefined) {
    registry = {
      flights: new Map(),
      turns: new Map(),
      redemptions: new Map(),
      endedClaims: new Set(),
      bindings: new Map(),
      unsaved: new Map(),
      watch: new StaleWatch(store),
    }
    registries.set(store, registry)
  }
  return registry
}

const mostEndedClaims = 1000

/** Notes that nobody works on a claim any more; the oldest of many are forgotten, which costs a wait at most. */
export function endClaim({ endedClaims }: FlightRegistry, id: string): void {
  endedClaims.add(id)
  const [oldest] = endedClaims
  if (endedClaims.size > mostEndedClaims && oldest !== undefined) endedClaims.delete(oldest)
}

/** Runs `work` once per name at a time: whoever comes while it runs gets the same promise. */
export function singleFlight<T>(registry: FlightRegistry, name: string, work: () => Promise<T>): Promise<T> {
  const running = registry.flights.get(name) as Promise<T> | undefined
  if (running !== undefined) return running
  const flight = work().finally(() => {
    if (registry.flights.get(name) === flight) registry.flights.delete(name)
  })
  registry.flights.set(name, flight)
  return flight
}

/**
 * Runs `work` unless this process redeems that refresh token already; then it waits for the end of that, and says
 * `'again'`. A first call may have begun before the family was known: its turn has another name.
 */
export async function redeemAlone<T>(
  { redemptions }: FlightRegistry,
  refreshHash: string | undefined,
  work: () => Promise<T>,
): Promise<T | 'again'> {
  if (refreshHash === undefined) return work()
  const running = redemptions.get(refreshHash)
  if (running !== undefined) {
    await running.catch(() => undefined)
    return 'again'
  }
  const redemption = work().finally(() => redemptions.delete(refreshHash))
  redemptions.set(refreshHash, redemption)
  return redemption
}

/** Runs `work` after every earlier work of the same name has ended: one exchange at a time per family. */
export function takeTurn<T>(registry: FlightRegistry, name: string, work: () => Promise<T>): Promise<T> {
  const before = registry.turns.get(name) ?? Promise.resolve()
  const turn = before.then(work, work)
  registry.turns.set(name, turn)
  const forget = (): void => {
    if (registry.turns.get(name) === turn) registry.turns.delete(name)
  }
  turn.then(forget, forget)
  return turn
}
