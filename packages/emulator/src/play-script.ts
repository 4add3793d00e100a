import type { Emulator } from './emulator.ts'
import type { ProviderEmulator } from './provider-emulator.ts'
import { providersOf } from './overview.ts'
import { providerNames } from './provider-name.ts'

interface ProvidersByName {
  readonly travis: Emulator['travis']
  readonly trafficstars: Emulator['trafficStars']
  readonly 'team-server': Emulator['teamServer']
  readonly iris: Emulator['iris']
  readonly truphone: Emulator['truphone']
}

/** One event of a script: what happens at a provider, and when. */
export type ScriptEvent = {
  [Name in keyof ProvidersByName]: {
    /** When, in milliseconds after the script began to play. */
    readonly atMs: number
    readonly provider: Name
    /** What; it gets the provider, typed by its name. */
    readonly do: (provider: ProvidersByName[Name]) => void
  }
}[keyof ProvidersByName]

/** A script that plays. */
export interface PlayingScript {
  /** How many events are still to come. */
  readonly remaining: number
  /** Cancels the events that are still to come. */
  stop(): void
}

/**
 * Plays events on the emulator's clock, beginning now. While time is advanced, each runs at exactly its instant; when
 * the host's time goes on by itself, before the next request. Events of one instant run in the script's order.
 * @throws {RangeError} an `atMs` is negative or not a finite number; nothing is played then
 * @throws {TypeError} there is no such provider; nothing is played then
 */
export function playScript(emulator: Emulator, script: readonly ScriptEvent[]): PlayingScript {
  const wrong = script.find(({ atMs }) => !(Number.isFinite(atMs) && atMs >= 0))
  if (wrong) throw new RangeError(`An event is planned at ${wrong.atMs} ms: give milliseconds, 0 or more.`)
  const acts = script.map(event => actOf(emulator, event))
  const start = emulator.now()
  let remaining = script.length
  const cancels = acts.map(({ atMs, act }) =>
    emulator.plan(start + atMs, () => {
      remaining -= 1
      act()
    }),
  )
  return {
    get remaining() {
      return remaining
    },
    stop: () => {
      for (const cancel of cancels) cancel()
      remaining = 0
    },
  }
}

function actOf(emulator: Emulator, event: ScriptEvent): { readonly atMs: number; readonly act: () => void } {
  const { atMs } = event
  const provider = providersOf(emulator).find(({ name }) => name === event.provider)
  if (!provider) {
    const names = providerNames.join(', ')
    throw new TypeError(`The event at ${atMs} ms is for "${event.provider}". There are: ${names}.`)
  }
  // The type ties `do` to the provider's name, which the compiler cannot follow through the search.
  const act = event.do as (provider: ProviderEmulator) => void
  return { atMs, act: () => act(provider) }
}
