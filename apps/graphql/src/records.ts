/** Asks for a path below an API. The `fetch` of a token manager is one. */
export type RecordsFetch = (path: string) => Promise<Response>

/** What one provider has, in one shape for all of them. */
export interface Records {
  readonly total: number
  readonly names: readonly string[]
}

/** A vehicle as TRAVIS knows it. */
export interface Vehicle {
  readonly id: string
  readonly customerId: string
  readonly licensePlate: string
  readonly make: string
  readonly model: string
  readonly lastPosition: { readonly latitude: number; readonly longitude: number; readonly city: string }
}

/** The kinds of records that are only counted and named here. */
export type RecordsName = 'simCards' | 'campaigns' | 'dataSources' | 'machines'

/** How to ask one provider, and how to read what it says. */
export interface RecordsReader {
  readonly path: string
  readonly read: (body: unknown, headers: Headers) => Records
}

interface SpringPage {
  readonly content: readonly Readonly<Record<string, unknown>>[]
  readonly page: { readonly totalElements: number }
}

const names = (list: readonly Readonly<Record<string, unknown>>[], member: string): string[] =>
  list.map(each => String(each[member]))

/** One reader for each kind. */
export const readers: Readonly<Record<RecordsName, RecordsReader>> = {
  simCards: {
    path: 'sims?page=1&per_page=3',
    read: (body, headers) => ({
      total: Number(headers.get('x-total-count') ?? 0),
      names: names(body as SpringPage['content'], 'label'),
    }),
  },
  campaigns: {
    path: 'v1/campaigns?limit=3&offset=0',
    read: body => {
      const { response, total } = body as { response: SpringPage['content']; total: number }
      return { total, names: names(response, 'name') }
    },
  },
  dataSources: {
    path: 'datasources?page=1&pageSize=3',
    read: body => {
      const { items, total } = body as { items: SpringPage['content']; total: number }
      return { total, names: names(items, 'name') }
    },
  },
  machines: {
    path: 'assets?page=0&size=3',
    read: body => {
      const { content, page } = body as SpringPage
      return { total: page.totalElements, names: names(content, 'name') }
    },
  },
}

/**
 * Asks one provider with a token of its own.
 * @throws {Error} the provider did not answer 200
 */
export async function readRecords(fetch: RecordsFetch, { path, read }: RecordsReader): Promise<Records> {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  return read(await response.json(), response.headers)
}

/**
 * Reads the vehicles of one haulier. The service account sees everybody's.
 * @throws {Error} TRAVIS did not answer 200
 */
export async function readFleet(fetch: RecordsFetch, haulierId: string): Promise<Vehicle[]> {
  const response = await fetch('vehicles?page=0&size=100')
  if (!response.ok) throw new Error(`TRAVIS answered ${response.status}.`)
  const { content } = (await response.json()) as { content: readonly Vehicle[] }
  return content.filter(({ customerId }) => customerId === haulierId).slice(0, fleetSize)
}

/** As many vehicles as a page shows. */
const fleetSize = 4
