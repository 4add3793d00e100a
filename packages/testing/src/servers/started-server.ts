import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** A server that was started on a free loopback port, with temporary data. The end of this process stops it too. */
export interface StartedServer {
  readonly port: number
  /** Ends the process at once and keeps its data. */
  readonly kill: () => Promise<void>
  /** Starts it again on the same port and data. */
  readonly restart: () => Promise<void>
  /** Ends it and removes its data. */
  readonly stop: () => Promise<void>
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

/** A program that listens on a port, and the folder of its data. */
export interface ServerProgram {
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

/**
 * Starts a program, and waits until its port answers.
 * @throws {Error} it ended, or did not answer within thirty seconds
 */
export async function startServer(program: ServerProgram): Promise<StartedServer> {
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
