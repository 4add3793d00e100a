import type { TokensName } from '../settings.ts'

/** One record as the page shows it. */
export interface ShownRecord {
  readonly id: string
  readonly title: string
  readonly detail: string
}

/** A page of records. */
export interface Records {
  readonly total: number
  readonly records: readonly ShownRecord[]
}

/** How the page asks, and what it asks for. */
export interface Resource {
  readonly title: string
  readonly path: string
  /** What there is many of. */
  readonly noun: string
  /** Reads an answer; throws where it is no list. */
  readonly read: (body: unknown) => Records
}

interface DataSource {
  readonly id: number
  readonly name: string
  readonly platform: string
  readonly environment: string
}

interface Vehicle {
  readonly id: string
  readonly licensePlate: string
  readonly make: string
  readonly model: string
  readonly lastPosition: { readonly city: string }
}

export const resources: Readonly<Record<TokensName, Resource>> = {
  teamServer: {
    title: 'ER/Studio Team Server',
    path: 'datasources?pageSize=4',
    noun: 'data sources',
    read: body => {
      const { items, total } = body as { items: readonly DataSource[]; total: number }
      const records = items.map(({ id, name, platform, environment }) => ({
        id: String(id),
        title: name,
        detail: `${platform}, ${environment}`,
      }))
      return { total, records }
    },
  },
  travis: {
    title: 'TRAVIS',
    path: 'vehicles?size=4',
    noun: 'vehicles',
    read: body => {
      const { content, page } = body as { content: readonly Vehicle[]; page: { totalElements: number } }
      const records = content.map(({ id, licensePlate, make, model, lastPosition }) => ({
        id,
        title: licensePlate,
        detail: `${make} ${model}, ${lastPosition.city}`,
      }))
      return { total: page.totalElements, records }
    },
  },
}
