import type { KeycloakClient } from '../authorization-servers/keycloak-realm.ts'
import type { EmulatorClock } from '../clock.ts'
import type { TruphoneCredentials } from '../credentials.ts'
import type { KeycloakEndpoints, TruphoneEmulator } from '../provider-emulator.ts'
import { truphoneApi } from '../resource-apis/truphone.ts'
import { publicBase } from '../routing.ts'
import { keycloakEndpoints } from './keycloak-endpoints.ts'
import { KeycloakProvider } from './keycloak-provider.ts'

const realmName = 'tru-staff'
const minute = 60_000

const credentials: TruphoneCredentials = {
  clientId: 'fake-truphone',
  clientSecret: 'fake-truphone-secret',
  limited: { clientId: 'fake-truphone-limited', clientSecret: 'fake-truphone-limited-secret' },
}

const clients: readonly KeycloakClient[] = [
  {
    clientId: credentials.clientId,
    clientSecret: credentials.clientSecret,
    allowsPasswordGrant: false,
    serviceAccount: {
      id: 'b1c0a5f4-8f5d-4c43-9d0e-5c3f6a7e0001',
      username: 'service-account-fake-truphone',
      roles: ['sim-viewer'],
      groups: [],
    },
  },
  {
    ...credentials.limited,
    allowsPasswordGrant: false,
    serviceAccount: {
      id: 'b1c0a5f4-8f5d-4c43-9d0e-5c3f6a7e0002',
      username: 'service-account-fake-truphone-limited',
      roles: [],
      groups: [],
    },
  },
]

/** Truphone Connect: the realm `tru-staff`, whose sessions die after 30 idle minutes, and the SIM card API. */
export class Truphone extends KeycloakProvider implements TruphoneEmulator {
  readonly name = 'truphone'
  readonly credentials: TruphoneCredentials = credentials

  constructor(clock: EmulatorClock, seed: number) {
    super(clock, seed, {
      lifetimes: { accessTokenMs: 5 * minute, refreshTokenMs: 30 * minute },
      realm: { name: realmName, clients, users: [], defaultScope: ['email', 'profile'] },
      apiPath: '/connect-api/',
      api: truphoneApi,
    })
  }

  endpoints(origin?: string): KeycloakEndpoints {
    const base = publicBase('/truphone', origin)
    return keycloakEndpoints(`${base}/auth/realms/${realmName}`, `${base}/connect-api/`)
  }
}
