import type { Emulator } from './emulator.ts'
import type { ProviderEmulator } from './provider-emulator.ts'

/** What a client needs to know of one provider. */
export interface ProviderOverview {
  readonly name: string
  /** The provider's base path, as an absolute URL that ends in `/`. */
  readonly base: string
  readonly endpoints: Readonly<Record<string, string>>
  readonly credentials: unknown
}

/** Returns the five providers in the order of the documentation. */
export function providersOf(emulator: Emulator): readonly ProviderEmulator[] {
  const { travis, trafficStars, teamServer, iris, truphone } = emulator
  return [travis, trafficStars, teamServer, iris, truphone]
}

/** Describes every provider as it is reached below `origin`. */
export function overview(emulator: Emulator, origin: string): readonly ProviderOverview[] {
  return providersOf(emulator).map(provider => ({
    name: provider.name,
    base: `${origin}/${provider.name}/`,
    endpoints: { ...provider.endpoints(origin) },
    credentials: provider.credentials,
  }))
}
