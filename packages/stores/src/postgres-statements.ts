/** The statements of a store, for its table. */
export interface PostgresStatements {
  /** `$1` key. One row: whether this is a replica, and the record if there is one. */
  readonly read: string
  /** `$1` key, `$2` payload, `$3` writeId, `$4` keepMs, `$5` what watches are told, or null. No row: it exists. */
  readonly insert: string
  /** The same, and `$6` the etag that must be there. No row: it is not there. */
  readonly update: string
  /** `$1` key, `$2` etag. */
  readonly remove: string
  readonly keys: string
  /** Removes some of the records whose time to keep is over. */
  readonly sweep: string
}

const namePattern = /^[a-z_][a-z0-9_]{0,50}(?:\.[a-z_][a-z0-9_]{0,50})?$/

/** Tells whether a table may have that name: `table` or `schema.table`, in small letters. */
export function isTableName(value: unknown): value is string {
  return typeof value === 'string' && namePattern.test(value)
}

/** The channel on which writes to a table are told. */
export function channelOf(table: string): string {
  return table.replace('.', '_')
}

/** The SQL that makes the table. It changes nothing where the table is there, so it may run at every start. */
export function createTable(table: string): string {
  const index = `${table.split('.').at(-1)}_keep_until`
  return `create table if not exists ${quoted(table)} (
  key text primary key,
  payload text not null,
  etag text not null,
  write_id text not null,
  written_at timestamptz not null,
  keep_until timestamptz
);
create index if not exists ${quoted(index)} on ${quoted(table)} (keep_until) where keep_until is not null;
`
}

/** Writes down every statement once. */
export function statementsFor(table: string): PostgresStatements {
  const name = quoted(table)
  const channel = channelOf(table)
  const isAlive = '(t.keep_until is null or t.keep_until > clock_timestamp())'
  const keepUntil = `clock_timestamp() + ($4::text)::float8 * interval '1 millisecond'`
  // Told by the same statement: there is no transaction that could stay open between the two.
  const told = `select etag, case when $5::text is not null then pg_notify('${channel}', $5::text)::text end as told from written`
  return {
    read: `select pg_is_in_recovery()::text as is_replica, t.etag, t.payload, t.write_id,
  (extract(epoch from clock_timestamp() - t.written_at) * 1000)::text as age_ms
from (select 1) as one left join ${name} as t on t.key = $1::text and ${isAlive}`,
    insert: `with written as (
  insert into ${name} as t (key, payload, etag, write_id, written_at, keep_until)
  values ($1::text, $2::text, gen_random_uuid()::text, $3::text, clock_timestamp(), ${keepUntil})
  on conflict (key) do update set payload = excluded.payload, etag = excluded.etag, write_id = excluded.write_id,
    written_at = excluded.written_at, keep_until = excluded.keep_until
  where not ${isAlive}
  returning t.etag
) ${told}`,
    update: `with written as (
  update ${name} as t set payload = $2::text, etag = gen_random_uuid()::text, write_id = $3::text,
    written_at = clock_timestamp(), keep_until = ${keepUntil}
  where t.key = $1::text and t.etag = $6::text and ${isAlive}
  returning t.etag
) ${told}`,
    remove: `delete from ${name} as t where t.key = $1::text and t.etag = $2::text and ${isAlive} returning t.key`,
    keys: `select t.key from ${name} as t where ${isAlive} order by t.key`,
    sweep: `delete from ${name} where key in (select t.key from ${name} as t
  where t.keep_until < clock_timestamp() limit 1000 for update skip locked)`,
  }
}

function quoted(table: string): string {
  return table
    .split('.')
    .map(part => `"${part}"`)
    .join('.')
}
