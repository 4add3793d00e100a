import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { findProgram } from '@evergrant/testing/machine'

// Real servers on free loopback ports, with temporary data. A signal of this process or its end stops them too.

/** A server that a test started. */
export interface StartedServer {
  readonly port: number
  /** Ends the process at once and keeps its data. */
  readonly kill: () => Promise<void>
  /** Starts it again on the same port and data. */
  readonly restart: () => Promise<void>
  /** Ends it and removes its data. */
  readonly stop: () => Promise<void>
}

export const redisProgram: string | undefined = findProgram('redis-server', 'valkey-server')
export const pgbouncerProgram: string | undefined = ofAdministrator('pgbouncer') ?? findProgram('pgbouncer')
/** Debian keeps the programs of each version of Postgres in a folder of their own, off the PATH. */
export const postgresFolder: string | undefined = findPostgres()

// Off the PATH of everybody but root.
function ofAdministrator(name: string): string | undefined {
  const path = join('/usr/sbin', name)
  return existsSync(path) ? path : undefined
}

function findPostgres(): string | undefined {
  const all = '/usr/lib/postgresql'
  const [newest] = (existsSync(all) ? readdirSync(all) : []).sort(
    (left, right) => Number(right) - Number(left),
  )
  if (newest !== undefined && existsSync(join(all, newest, 'bin', 'initdb'))) return join(all, newest, 'bin')
  const initdb = findProgram('initdb')
  return initdb === undefined ? undefined : join(initdb, '..')
}

/** A port that was free a moment ago, below `limit` if one is given. */
export async function freePort(limit = 65_536): Promise<number> {
  for (;;) {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise(resolve => server.close(resolve))
    if (port < limit) return port
  }
}

interface Program {
  readonly port: number
  readonly folder: string
  readonly command: readonly string[]
  /** How it is asked to end. Default SIGKILL: its data is thrown away. */
  readonly signal?: NodeJS.Signals | undefined
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

async function start(program: Program): Promise<StartedServer> {
  const { port, folder, command, signal = 'SIGKILL' } = program
  let child = await launch(port, command)
  const kill = async (how: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill(how)
    await ended
    running.delete(child)
  }
  return {
    port,
    kill: () => kill(signal),
    restart: async () => void (child = await launch(port, command)),
    stop: async () => {
      await kill(signal)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function launch(port: number, [program = '', ...parameters]: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', data => (output += String(data)))
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) break
    if (await answers(port)) return child
    await wait(50)
  }
  child.kill('SIGKILL')
  throw new Error(`${program} did not start:\n${output.slice(-2000)}`)
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}

/** How a Redis is set up. */
export interface RedisSetUp {
  /** It writes every command to its disk before it answers, so that a kill loses nothing. */
  readonly isDurable?: boolean
  readonly isClustered?: boolean
}

/** Starts Redis. */
export async function startRedis({
  isDurable = false,
  isClustered = false,
}: RedisSetUp = {}): Promise<StartedServer> {
  // A member of a cluster also listens ten thousand higher.
  const port = await freePort(isClustered ? 50_000 : undefined)
  const folder = mkdtempSync(join(tmpdir(), 'evergrant-redis-'))
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const keep = isDurable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
  const cluster = isClustered ? ['--cluster-enabled', 'yes'] : []
  return start({ port, folder, command: [redisProgram ?? '', ...place, ...keep, ...cluster] })
}

/** Programs that refuse to run as root run as somebody else then. */
function asUser(command: readonly string[]): readonly string[] {
  return isRoot()
    ? ['setpriv', `--reuid=${userId()}`, `--regid=${userId()}`, '--clear-groups', ...command]
    : command
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function userId(): number {
  // nobody: it always exists, and its number is the same everywhere in Debian.
  return 65_534
}

function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `evergrant-${name}-`))
  if (isRoot()) chownSync(folder, userId(), userId())
  return folder
}

/** Starts Postgres; the user `evergrant` may connect without a password. */
export async function startPostgres(): Promise<StartedServer> {
  const port = await freePort()
  const folder = newFolder('postgres')
  const data = join(folder, 'data')
  const initdb = join(postgresFolder ?? '', 'initdb')
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
    join(postgresFolder ?? '', 'postgres'),
    '-D',
    data,
    '-p',
    `${port}`,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  // SIGINT ends it fast and clean, with its shared memory.
  const server = await start({ port, folder, command, signal: 'SIGINT' })
  await untilReady(port)
  return { ...server, restart: async () => (await server.restart(), untilReady(port)) }
}

async function untilReady(port: number): Promise<void> {
  const isReady = join(postgresFolder ?? '', 'pg_isready')
  for (let tries = 0; tries < 200; tries++) {
    if (spawnSync(isReady, ['-h', '127.0.0.1', '-p', `${port}`]).status === 0) return
    await wait(50)
  }
  throw new Error('Postgres did not become ready.')
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
  return start({ port, folder, command: asUser([pgbouncerProgram ?? '', configuration]) })
}
