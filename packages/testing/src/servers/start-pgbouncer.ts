import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../machine-program.ts'
import { asUser, newFolder } from './ordinary-user.ts'
import { freePort, startServer } from './started-server.ts'
import type { StartedServer } from './started-server.ts'

// Off the PATH of everybody but root.
const ofAdministrator = '/usr/sbin/pgbouncer'

/** Finds PgBouncer; undefined: this machine has none. */
export function findPgbouncer(): string | undefined {
  return existsSync(ofAdministrator) ? ofAdministrator : findProgram('pgbouncer')
}

/** Starts PgBouncer in transaction mode in front of a Postgres, with few connections behind it. */
export async function startPgbouncer(postgresPort: number): Promise<StartedServer> {
  const port = await freePort()
  const folder = newFolder('pgbouncer')
  const configuration = join(folder, 'pgbouncer.ini')
  const lines = [
    '[databases]',
    `postgres = host=127.0.0.1 port=${postgresPort} user=evergrant`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'max_client_conn = 500',
    'default_pool_size = 3',
    'server_login_retry = 1',
  ]
  writeFileSync(configuration, `${lines.join('\n')}\n`, { mode: 0o644 })
  return startServer({ port, folder, command: asUser([findPgbouncer() ?? 'pgbouncer', configuration]) })
}
