import { ConfigurationError, StoreError } from '@evergrant/core'
import type { Stored, TokenStore, WriteOptions, WriteResult } from '@evergrant/core'
import { keepTime } from './keep-time.ts'
import { isPostgresClient, postgresQuery } from './postgres-client.ts'
import type { PostgresClient, Query, Row } from './postgres-client.ts'
import { channelOf, createTable, isTableName, statementsFor } from './postgres-statements.ts'
import type { PostgresStatements } from './postgres-statements.ts'
import { isListen, PostgresWatch } from './postgres-watch.ts'
import type { PostgresListen } from './postgres-watch.ts'

/** Which table. */
export interface PostgresTableOptions {
  /** `table` or `schema.table`, in small letters. Default `evergrant_tokens`. */
  readonly table?: string | undefined
}

/** Options of {@link postgresStore}. */
export interface PostgresStoreOptions extends PostgresTableOptions {
  /**
   * How processes hear at once that another one wrote: `() => new pg.Client(…)`, or the `sql` of postgres.js. It opens
   * one connection of its own, which must not go through PgBouncer in transaction mode. Default: none; processes then
   * see what others wrote when they read.
   */
  readonly listen?: PostgresListen | undefined
}

const defaultTable = 'evergrant_tokens'
/** Postgres takes messages below 8000 bytes. */
const longestMessage = 7900
const writesPerSweep = 1000

class PostgresStore implements TokenStore {
  readonly #query: Query
  readonly #statements: PostgresStatements
  /** Absent without `listen`. */
  readonly watch?: NonNullable<TokenStore['watch']>
  #writes = 0

  constructor(query: Query, table: string, listen: PostgresListen | undefined) {
    this.#query = query
    this.#statements = statementsFor(table)
    if (listen === undefined) return
    const watch = new PostgresWatch(listen, channelOf(table))
    this.watch = listener => watch.add(listener)
  }

  async read(key: string): Promise<Stored | undefined> {
    return storedOf(await this.#row(key))
  }

  async write(key: string, payload: string, options: WriteOptions): Promise<WriteResult> {
    const { ifMatch, writeId, keepMs, notify = true } = options
    const { insert, update } = this.#statements
    const values = [
      key,
      payload,
      writeId,
      keepTime(keepMs)?.toString() ?? null,
      notify ? messageOf(key) : null,
    ]
    const rows = await this.#tryWrite(
      ifMatch === null ? insert : update,
      ifMatch === null ? values : [...values, ifMatch],
    )
    const etag = rows[0]?.['etag']
    if (typeof etag === 'string') {
      this.#sweepSometimes()
      return { ok: true, etag }
    }
    // A statement sees what was there when it began: who won is read afterwards.
    const row = await this.#row(key)
    const current = storedOf(row)
    if (current !== undefined && row?.['write_id'] === writeId) return { ok: true, etag: current.etag }
    return { ok: false, current }
  }

  async remove(key: string, { ifMatch }: { readonly ifMatch: string }): Promise<boolean> {
    return (await this.#query(this.#statements.remove, [key, ifMatch])).length > 0
  }

  async *keys(): AsyncIterable<string> {
    for (const { key } of await this.#query(this.#statements.keys)) yield key ?? ''
  }

  async #tryWrite(statement: string, values: readonly (string | null)[]): Promise<readonly Row[]> {
    try {
      return await this.#query(statement, values)
    } catch (error) {
      // Where the default isolation is stricter than "read committed", the loser is told so: it has written nothing.
      if ((error as { code?: unknown }).code === '40001') return []
      throw error
    }
  }

  async #row(key: string): Promise<Row | undefined> {
    const [row] = await this.#query(this.#statements.read, [key])
    if (row?.['is_replica'] === 'true') {
      throw new StoreError('The token store reads from a replica of Postgres. Connect it to the primary.')
    }
    return row
  }

  #sweepSometimes(): void {
    if (++this.#writes % writesPerSweep !== 1) return
    this.#query(this.#statements.sweep).catch(() => undefined)
  }
}

function messageOf(key: string): string {
  return new TextEncoder().encode(key).length > longestMessage ? '' : key
}

function storedOf(row: Row | undefined): Stored | undefined {
  const { etag, payload, age_ms: ageMs } = row ?? {}
  if (typeof etag !== 'string' || typeof payload !== 'string') return undefined
  return { etag, payload, ageMs: Math.max(0, Number(ageMs)) }
}

function tableOf(name: string, options: PostgresTableOptions, problems: readonly string[]): string {
  const table = options.table ?? defaultTable
  const all = isTableName(table)
    ? problems
    : [
        ...problems,
        'table must be "table" or "schema.table", in small letters, digits and _, at most 51 of each.',
      ]
  if (all.length > 0) throw new ConfigurationError(`${name} cannot work`, all)
  return table
}

function clientProblems(client: unknown): string[] {
  return isPostgresClient(client)
    ? []
    : ['client must be a pool of pg (new Pool), or the sql of postgres.js.']
}

/**
 * Keeps records in a table of Postgres, through your pool of `pg` or `postgres`. Any number of processes may share it:
 * each write is one conditional statement, so that neither a lock nor a transaction is ever held while a server is
 * asked; a pool of one connection and PgBouncer in transaction mode do. The pool stays yours to close. Make the table
 * with {@link migratePostgres} or {@link postgresMigration}.
 * @throws {ConfigurationError} `client` is of neither library, or an option cannot work
 * @see docs/stores/postgres.md
 */
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): TokenStore {
  const { listen } = options ?? {}
  const problems = clientProblems(client)
  if (listen !== undefined && !isListen(listen)) {
    problems.push('listen must be a function that makes a Client of pg, or the sql of postgres.js.')
  }
  const table = tableOf('postgresStore', options ?? {}, problems)
  return new PostgresStore(postgresQuery(client), table, listen)
}

/** The SQL that makes the table, for your own migrations. */
export function postgresMigration(options: PostgresTableOptions = {}): string {
  return createTable(tableOf('postgresMigration', options, []))
}

/**
 * Makes the table where it is missing. Several processes may do so at once.
 * @throws {ConfigurationError} `client` is of neither library, or the table cannot have that name
 */
export async function migratePostgres(
  client: PostgresClient,
  options: PostgresTableOptions = {},
): Promise<void> {
  const table = tableOf('migratePostgres', options, clientProblems(client))
  const query = postgresQuery(client)
  for (const statement of createTable(table).split(/;\n/).filter(Boolean)) {
    try {
      await query(statement)
    } catch (error) {
      // "If not exists" looks before it makes: two at once, and the second one stumbles over the first.
      if (!['23505', '42P07', '42710'].includes(String((error as { code?: unknown }).code))) throw error
      await query(statement)
    }
  }
}
