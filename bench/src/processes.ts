import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A program of this directory that serves on a port of its own. */
export interface ServerProcess {
  readonly child: ChildProcess
  readonly port: number
}

/** Starts a program of this directory, and resolves when it listens. */
export async function startServer(file: string, args: readonly string[] = []): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, file), args, {
    execArgv: ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning'],
  })
  const [address] = (await once(child, 'message')) as [AddressInfo]
  return { child, port: address.port }
}

/** Resolves to the resident memory of a process, in bytes; nothing is collected for it. */
export async function memoryOf({ child }: ServerProcess): Promise<number> {
  child.send('memory')
  const [bytes] = (await once(child, 'message')) as [number]
  return bytes
}

/** Ends a process that was started here. */
export async function stopServer({ child }: ServerProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill()
  await gone
}
