export type { PgClient, PostgresClient, PostgresJsClient } from './postgres-client.ts'
export { migratePostgres, postgresMigration, postgresStore } from './postgres-store.ts'
export type { PostgresStoreOptions, PostgresTableOptions } from './postgres-store.ts'
export type { PgListener, PostgresJsListener, PostgresListen } from './postgres-watch.ts'
