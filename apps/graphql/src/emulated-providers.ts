import type { Authorization } from '@evergrant/core'
import type { Emulator } from '@evergrant/emulator'
import { erStudioTeamServer, trackunitIris, trafficStars, travis, truphone } from '@evergrant/providers'
import type { RecordsName } from './records.ts'

/** The GraphQL server's own identity at each provider, by what it asks there. `url`: where the emulator is. */
export function emulatedProviders(
  emulator: Emulator,
  url: string,
): Readonly<Record<RecordsName | 'fleet', Authorization>> {
  const stars = emulator.trafficStars
  const user = emulator.iris.credentials
  const { clientId, clientSecret, username, password } = emulator.teamServer.credentials
  const { baseUrl } = emulator.teamServer.endpoints(url)
  const { serviceAccount } = emulator.travis.credentials
  const sims = emulator.truphone.credentials
  return {
    fleet: travis.serviceAccount({ ...serviceAccount, ...addressesOf(emulator.travis.endpoints(url)) }),
    campaigns: trafficStars({ apiKey: stars.credentials.apiKey, ...addressesOf(stars.endpoints(url)) }),
    dataSources: erStudioTeamServer({ baseUrl, clientId, clientSecret, username, password }),
    machines: trackunitIris({
      clientId: user.clientId,
      clientSecret: user.clientSecret,
      username: user.username,
      password: user.password,
      ...addressesOf(emulator.iris.endpoints(url)),
    }),
    simCards: truphone({
      clientId: sims.clientId,
      clientSecret: sims.clientSecret,
      ...addressesOf(emulator.truphone.endpoints(url)),
    }),
  }
}

interface Addresses {
  readonly tokenEndpoint: string
  readonly apiUrl: string
}

// The factories refuse options that they do not know.
function addressesOf({ tokenEndpoint, apiUrl }: Addresses): Addresses {
  return { tokenEndpoint, apiUrl }
}
