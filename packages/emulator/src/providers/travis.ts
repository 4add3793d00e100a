import type { KeycloakClient, KeycloakUser } from '../authorization-servers/keycloak-realm.ts'
import type { EmulatorClock } from '../clock.ts'
import type { TravisCredentials, UserCredentials } from '../credentials.ts'
import type { KeycloakEndpoints, TravisEmulator } from '../provider-emulator.ts'
import { haulierIds } from '../records/vehicles.ts'
import { travisApi } from '../resource-apis/travis.ts'
import { publicBase } from '../routing.ts'
import { keycloakEndpoints } from './keycloak-endpoints.ts'
import { KeycloakProvider } from './keycloak-provider.ts'

const realmName = 'travis-road-services'
const day = 86_400_000

const customerClient = { clientId: 'fake-travis-portal', clientSecret: 'fake-travis-portal-secret' }
const credentials: TravisCredentials = {
  serviceAccount: { clientId: 'fake-travis-service', clientSecret: 'fake-travis-service-secret' },
  customerClient,
  customers: [customer('anna.devries'), customer('luca.moretti'), customer('jonas.petrauskas')],
  limited: {
    serviceAccount: { clientId: 'fake-travis-location', clientSecret: 'fake-travis-location-secret' },
    customer: customer('guest'),
  },
}

/** TRAVIS: the realm `travis-road-services`, and the API for vehicles and locations. */
export class Travis extends KeycloakProvider implements TravisEmulator {
  readonly name = 'travis'
  readonly credentials: TravisCredentials = credentials

  constructor(clock: EmulatorClock, seed: number) {
    super(clock, seed, {
      lifetimes: { accessTokenMs: 300_000, refreshTokenMs: 90 * day },
      realm: { name: realmName, clients, users, defaultScope: ['profile', 'email', 'groups'] },
      apiPath: '/api/',
      api: travisApi,
    })
  }

  setRedirectUris(uris: readonly string[]): void {
    this.registerRedirectUris(customerClient.clientId, uris)
  }

  endpoints(origin?: string): KeycloakEndpoints {
    return keycloakEndpoints(
      `${publicBase('/travis/auth', origin)}/realms/${realmName}`,
      `${publicBase('/travis/api', origin)}/`,
    )
  }
}

function customer(name: string): UserCredentials {
  return { ...customerClient, username: `${name}@customer.example`, password: `fake-${name}-password` }
}

const everything = ['locations-viewer', 'vehicles-viewer']
const locationsOnly = ['locations-viewer']

const clients: readonly KeycloakClient[] = [
  { ...customerClient, allowsPasswordGrant: true, allowsStandardFlow: true },
  {
    ...credentials.serviceAccount,
    allowsPasswordGrant: false,
    serviceAccount: {
      id: '6f0f8f0e-0d0c-4f7e-9a58-2f7f3f0a1c01',
      username: 'service-account-fake-travis-service',
      roles: everything,
      groups: [],
    },
  },
  {
    // "Customer integrations that only use the Location API".
    ...credentials.limited.serviceAccount,
    allowsPasswordGrant: false,
    serviceAccount: {
      id: '6f0f8f0e-0d0c-4f7e-9a58-2f7f3f0a1c02',
      username: 'service-account-fake-travis-location',
      roles: locationsOnly,
      groups: [],
    },
  },
]

const [anna, luca, jonas] = credentials.customers
const users: readonly KeycloakUser[] = [
  user(anna, 11, 'Anna', 'de Vries', haulierIds[0], everything),
  user(luca, 12, 'Luca', 'Moretti', haulierIds[1], everything),
  user(jonas, 13, 'Jonas', 'Petrauskas', haulierIds[2], everything),
  user(credentials.limited.customer, 14, 'Guest', 'Visser', haulierIds[0], locationsOnly),
]

function user(
  { username, password }: UserCredentials,
  number: number,
  givenName: string,
  familyName: string,
  customerId: string,
  roles: readonly string[],
): KeycloakUser {
  return {
    id: `6f0f8f0e-0d0c-4f7e-9a58-2f7f3f0a1c${number}`,
    username,
    password,
    person: { givenName, familyName, email: username },
    customerId,
    roles,
    groups: [`/customers/${customerId}`],
  }
}
