import type { ProviderName } from './provider-name.ts'

/** A whole number in the query, with its limits. */
export interface NumberRange {
  readonly min: number
  readonly max: number
}

/** What a provider answered, in one shape for all five. */
export interface Records {
  readonly records: readonly unknown[]
  /** How many there are in all, if the provider says so. */
  readonly total: number | undefined
}

/** One kind of records that the gateway serves. */
export interface GatewayResource {
  readonly title: string
  /** The provider's path, below its API's base. */
  readonly apiPath: string
  /** The provider's own query parameters for paging, passed through. */
  readonly paging: Readonly<Record<string, NumberRange>>
  /** Finds the records in the body; undefined: the body is something else. */
  readonly read: (body: unknown, headers: Headers) => Records | undefined
}

const anyPage = 1_000_000
const springPages = { page: { min: 0, max: anyPage }, size: { min: 1, max: 100 } }

/** Each provider's records, by the path below `/api` at which the gateway serves them. */
export const resources: Readonly<Record<ProviderName, GatewayResource & { readonly path: string }>> = {
  // Not `/travis`: there a customer's own records are.
  travis: {
    path: '/travis-service/vehicles',
    title: 'TRAVIS',
    apiPath: 'vehicles',
    paging: springPages,
    read: body => listed(member(body, 'content'), member(member(body, 'page'), 'totalElements')),
  },
  trafficStars: {
    path: '/trafficstars/campaigns',
    title: 'TrafficStars',
    apiPath: 'v1/campaigns',
    paging: { limit: { min: 1, max: 200 }, offset: { min: 0, max: anyPage } },
    read: body => listed(member(body, 'response'), member(body, 'total')),
  },
  teamServer: {
    path: '/team-server/datasources',
    title: 'ER/Studio Team Server',
    apiPath: 'datasources',
    paging: { page: { min: 1, max: anyPage }, pageSize: { min: 1, max: 100 } },
    read: body => listed(member(body, 'items'), member(body, 'total')),
  },
  iris: {
    path: '/iris/assets',
    title: 'Trackunit IRIS',
    apiPath: 'assets',
    paging: springPages,
    read: body => listed(member(body, 'content'), member(member(body, 'page'), 'totalElements')),
  },
  truphone: {
    path: '/truphone/sims',
    title: 'Truphone Connect',
    apiPath: 'sims',
    paging: { page: { min: 1, max: anyPage }, per_page: { min: 1, max: 100 } },
    read: (body, headers) => listed(body, Number(headers.get('x-total-count') ?? Number.NaN)),
  },
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function listed(records: unknown, total: unknown): Records | undefined {
  if (!Array.isArray(records)) return undefined
  return { records, total: typeof total === 'number' && Number.isFinite(total) ? total : undefined }
}
