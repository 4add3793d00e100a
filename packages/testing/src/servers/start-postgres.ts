import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { findProgram } from '../machine-program.ts'
import { asUser, newFolder } from './ordinary-user.ts'
import { freePort, startServer } from './started-server.ts'
import type { StartedServer } from './started-server.ts'

/**
 * Finds the folder of Postgres' programs; undefined: this machine has none. Debian keeps those of each version in a folder
 * of their own, off the PATH.
 */
export function findPostgres(): string | undefined {
  const all = '/usr/lib/postgresql'
  const [newest] = (existsSync(all) ? readdirSync(all) : []).sort(
    (left, right) => Number(right) - Number(left),
  )
  if (newest !== undefined && existsSync(join(all, newest, 'bin', 'initdb'))) return join(all, newest, 'bin')
  const initdb = findProgram('initdb')
  return initdb === undefined ? undefined : join(initdb, '..')
}

/** Starts Postgres; the user `evergrant` may connect without a password. */
export async function startPostgres(): Promise<StartedServer> {
  const port = await freePort()
  const folder = newFolder('postgres')
  const data = join(folder, 'data')
  const programs = findPostgres() ?? ''
  const initdb = join(programs, 'initdb')
  const [program = '', ...parameters] = asUser([
    initdb,
    '-D',
    data,
    '--username=evergrant',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ])
  const made = spawnSync(program, parameters, { encoding: 'utf8', cwd: folder })
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stdout}\n${made.stderr}`)
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, max_connections: '200' }
  const command = asUser([
    join(programs, 'postgres'),
    '-D',
    data,
    '-p',
    `${port}`,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  // SIGINT ends it fast and clean, with its shared memory.
  const server = await startServer({ port, folder, command, signal: 'SIGINT' })
  await untilReady(programs, port)
  return { ...server, restart: async () => (await server.restart(), untilReady(programs, port)) }
}

async function untilReady(programs: string, port: number): Promise<void> {
  const isReady = join(programs, 'pg_isready')
  for (let tries = 0; tries < 200; tries++) {
    if (spawnSync(isReady, ['-h', '127.0.0.1', '-p', `${port}`]).status === 0) return
    await wait(50)
  }
  throw new Error('Postgres did not become ready.')
}
