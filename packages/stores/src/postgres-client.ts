/** What the store needs of `pg`: a pool, or one connected client. */
export interface PgClient {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>
}

/** What the store needs of `postgres` (postgres.js): the function that it returns. */
export interface PostgresJsClient {
  unsafe(text: string, values: string[]): PromiseLike<ArrayLike<unknown>>
}

/** A pool of connections that the caller has made and closes. */
export type PostgresClient = PgClient | PostgresJsClient

/** One row of an answer; the store asks for text alone. */
export type Row = Readonly<Record<string, string | null | undefined>>

/** Sends one statement, and returns its rows. */
export type Query = (text: string, values?: readonly (string | null)[]) => Promise<readonly Row[]>

/** Tells whether `value` is a client of either library. */
export function isPostgresClient(value: unknown): value is PostgresClient {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const client = value as Partial<Record<'query' | 'unsafe', unknown>>
  return typeof client.query === 'function' || typeof client.unsafe === 'function'
}

/** Puts both libraries' clients into one form. Nothing is prepared under a name: PgBouncer may change the connection. */
export function postgresQuery(client: PostgresClient): Query {
  if ('unsafe' in client) {
    return async (text, values = []) =>
      Array.from(await client.unsafe(text, [...values] as string[])) as Row[]
  }
  return async (text, values = []) => (await client.query(text, [...values])).rows as Row[]
}
