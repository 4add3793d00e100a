import type { AccessGrant } from '../authorization-servers/access-tokens.ts'

/** A kind of records below one path, ready to be served. */
export interface Collection {
  /** The path below the API's base: `vehicles`. */
  readonly path: string
  /** Scopes and roles that a token needs; the first one missing is named in the 403. */
  readonly requires: readonly string[]
  /** Query parameters that filter, beside those that page. */
  readonly filterNames: readonly string[]
  /** Returns the records that the token opens and the query's filters let through. */
  list(grant: AccessGrant, query: URLSearchParams): readonly object[]
  find(grant: AccessGrant, id: string): object | undefined
}

/** What it takes to serve records of type `R`. */
export interface CollectionDefinition<R extends object> {
  readonly path: string
  readonly requires: readonly string[]
  /** Makes the records; called once, on first use. */
  readonly records: () => readonly R[]
  readonly id: (record: R) => string
  readonly isVisible?: (record: R, grant: AccessGrant) => boolean
  /** By query parameter. Parameters that are absent or empty filter nothing. */
  readonly filters: Readonly<Record<string, (record: R, value: string) => boolean>>
}

/** Turns a definition into a collection, forgetting the record type. */
export function collection<R extends object>(definition: CollectionDefinition<R>): Collection {
  const { path, requires, filters, id, isVisible = () => true } = definition
  let made: readonly R[] | undefined
  const visible = (grant: AccessGrant): readonly R[] => {
    made ??= definition.records()
    return made.filter(record => isVisible(record, grant))
  }
  return {
    path,
    requires,
    filterNames: Object.keys(filters),
    list: (grant, query) => {
      const active = Object.entries(filters).flatMap(([name, isMatch]) => {
        const value = query.get(name)
        return value ? [(record: R) => isMatch(record, value)] : []
      })
      return visible(grant).filter(record => active.every(isMatch => isMatch(record)))
    },
    find: (grant, wanted) => visible(grant).find(record => id(record) === wanted),
  }
}

/** A filter that compares without regard to case. */
export function equals<R>(read: (record: R) => string): (record: R, value: string) => boolean {
  return (record, value) => read(record).toLowerCase() === value.toLowerCase()
}

/** A filter that looks for a part, without regard to case. */
export function contains<R>(read: (record: R) => string): (record: R, value: string) => boolean {
  return (record, value) => read(record).toLowerCase().includes(value.toLowerCase())
}
