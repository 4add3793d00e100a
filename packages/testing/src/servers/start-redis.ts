import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../machine-program.ts'
import { freePort, startServer } from './started-server.ts'
import type { StartedServer } from './started-server.ts'

/** Finds Redis or Valkey; undefined: this machine has neither. */
export function findRedis(): string | undefined {
  return findProgram('redis-server', 'valkey-server')
}

/** How a Redis is set up. */
export interface RedisSetUp {
  /** It writes every command to its disk before it answers, so that a kill loses nothing. */
  readonly isDurable?: boolean
  readonly isClustered?: boolean
}

/** Starts Redis or Valkey. */
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
  return startServer({
    port,
    folder,
    command: [findRedis() ?? 'redis-server', ...place, ...keep, ...cluster],
  })
}
