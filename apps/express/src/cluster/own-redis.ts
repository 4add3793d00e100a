import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis that was started for this run. */
export interface OwnRedis {
  /** With its password. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Which program it is. */
  readonly program: string
  readonly folder: string
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>
  /** Ends it and removes its folder. */
  readonly stop: () => Promise<void>
}

const programs = ['redis-server', 'valkey-server']
const longestStartMs = 10_000
const host = '127.0.0.1'

/**
 * Starts the machine's Redis or Valkey on a free port of loopback, behind a password of its own; it keeps everything in
 * memory. Resolves to undefined: the machine has neither.
 * @throws {Error} it did not start
 */
export async function startOwnRedis(): Promise<OwnRedis | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'evergrant-demo-'))
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })
  const password = randomBytes(24).toString('base64url')
  const port = await freePort()
  try {
    for (const program of programs) {
      const child = await launch(program, settings({ port, password, folder }))
      if (child === undefined) continue
      const ended = once(child, 'exit').then(() => {})
      const stop = async (): Promise<void> => {
        child.kill('SIGKILL')
        await ended
        removeFolder()
      }
      process.once('exit', () => {
        child.kill('SIGKILL')
        removeFolder()
      })
      const url = `redis://:${password}@${host}:${port}`
      return { url, port, pid: child.pid ?? 0, program, folder, ended, stop }
    }
  } catch (error) {
    removeFolder()
    throw error
  }
  removeFolder()
  return undefined
}

interface Settings {
  readonly port: number
  readonly password: string
  readonly folder: string
}

// Handed over by its standard input: the command lines of processes can be read by everybody on the machine.
function settings({ port, password, folder }: Settings): string {
  const nothingKept = ['save ""', 'appendonly no']
  return [
    `port ${port}`,
    `bind ${host}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    ...nothingKept,
    '',
  ].join('\n')
}

/** Starts it and waits until it takes connections; undefined: there is no such program. */
async function launch(program: string, configuration: string): Promise<ChildProcess | undefined> {
  // In a session of its own: Ctrl-C at the terminal ends the gateways first.
  const child = spawn(program, ['-'], { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  let output = ''
  const outcome = await new Promise<'ready' | 'missing' | 'failed'>(resolve => {
    child.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'ENOENT' ? 'missing' : 'failed'),
    )
    child.once('exit', () => resolve('failed'))
    setTimeout(() => resolve('failed'), longestStartMs).unref()
    child.stdin.on('error', () => {})
    child.stdin.end(configuration)
    child.stdout.on('data', (data: Buffer) => {
      output = (output + data.toString()).slice(-2000)
      if (/ready to accept connections/i.test(output)) resolve('ready')
    })
  })
  if (outcome === 'ready') return child
  child.kill('SIGKILL')
  if (outcome === 'missing') return undefined
  throw new Error(`${program} did not start. It said: ${output.trim().split('\n').at(-1) ?? ''}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
