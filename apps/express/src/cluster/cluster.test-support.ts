import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'

/** The program with all that it started. */
export interface ClusterProgram {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly output: () => string
  /** The ids of its processes that run, wherever they are by now. */
  readonly pids: () => number[]
  /** Its temporary files. */
  readonly files: () => string[]
  /** The folder of those. */
  readonly folder: string
}

/** One gateway of a program. */
export interface ShownGateway {
  readonly name: string
  readonly url: string
  readonly pid: number
}

/** Starts the program from its sources as a terminal does: the leader of a group of its own. */
export function startProgram(env: Readonly<Record<string, string>>): ClusterProgram {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const args = ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning', main]
  const folder = mkdtempSync(join(tmpdir(), 'evergrant-cluster-'))
  const child = spawn(process.execPath, args, {
    env: { PORT: '0', PATH: process.env['PATH'] ?? '', ...env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let text = ''
  const collect = (chunk: Buffer): void => void (text += String(chunk))
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return {
    child,
    output: () => text,
    pids: () => processesOf(folder),
    files: () => readdirSync(folder),
    folder,
  }
}

// Whatever it starts inherits the folder for temporary files; a Redis hides that, and works in it.
function processesOf(folder: string): number[] {
  const ids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return ids.filter(id => factsOf(id).some(fact => fact.includes(folder))).map(Number)
}

function factsOf(id: string): string[] {
  try {
    return [readFileSync(`/proc/${id}/environ`, 'utf8'), readlinkSync(`/proc/${id}/cwd`)]
  } catch {
    // It has ended meanwhile.
    return []
  }
}

/** Presses Ctrl-C: a terminal tells the whole group. Resolves to the exit code. */
export async function pressCtrlC({ child }: ClusterProgram): Promise<number | null> {
  const exited = once(child, 'exit')
  process.kill(-(child.pid ?? 0), 'SIGINT')
  const [code] = (await exited) as [number | null]
  return code
}

/** Ends what a test left running; the gateways and the Redis notice. */
export async function endProgram({ child, folder }: ClusterProgram): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  rmSync(folder, { recursive: true, force: true })
}

/** Waits until everything runs, and reads where. */
export async function untilRunning({ output }: ClusterProgram): Promise<{
  readonly gateways: readonly [ShownGateway, ShownGateway]
  readonly emulatorUrl: string
  /** Undefined: it was there before. */
  readonly redisPid: number | undefined
}> {
  await vi.waitFor(() => expect(output()).toMatch(/Ctrl-C ends everything\.\n/), { timeout: 20_000 })
  const rows = [...output().matchAll(/^ {2}Gateway (\w) +(\S+) +process (\d+)$/gm)]
  const [first, second] = rows.map(([, name = '', url = '', pid]) => ({ name, url, pid: Number(pid) }))
  const emulatorUrl = /^ {2}Emulator +(\S+)/m.exec(output())?.[1]
  if (first === undefined || second === undefined || emulatorUrl === undefined) throw new Error(output())
  const redisPid = /^ {2}Redis .* process (\d+);/m.exec(output())?.[1]
  return {
    gateways: [first, second],
    emulatorUrl,
    redisPid: redisPid === undefined ? undefined : Number(redisPid),
  }
}
