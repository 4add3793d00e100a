import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fallible } from './outage-course.test-support.ts'

/** How a disk stops taking files. */
export const diskFaults = ['no room', 'no more files', 'read-only'] as const

type DiskFault = (typeof diskFaults)[number]

/** A small disk of its own, mounted for one test. */
export interface ScarceDisk {
  /** A folder on it, for tokens. */
  readonly directory: string
  /** Makes it fail in this way, and takes that back. */
  readonly failing: (fault: DiskFault) => Fallible
  readonly unmount: () => void
}

const [sizeKilobytes, mostFiles] = [128, 64]

// Only an administrator mounts.
const asAdministrator = process.getuid?.() === 0 ? [] : ['sudo', '-n']

/** Mounts one; undefined: this machine does not let us. */
export const mountScarceDisk: (() => ScarceDisk) | undefined = canMount() ? mount : undefined

function canMount(): boolean {
  try {
    mount().unmount()
    return true
  } catch {
    const reason = 'this machine lets neither this user nor sudo mount a tmpfs'
    if (process.env['CI'] === 'true') throw new Error(`With CI=true no test may be skipped, but ${reason}.`)
    process.stderr.write(`\n!!! SKIPPED TESTS: ${reason}. With CI=true this fails.\n\n`)
    return false
  }
}

function mount(): ScarceDisk {
  const path = mkdtempSync(join(tmpdir(), 'evergrant-scarce-'))
  const owner = `uid=${process.getuid?.() ?? 0},gid=${process.getgid?.() ?? 0}`
  const limits = `size=${sizeKilobytes}k,nr_inodes=${mostFiles}`
  try {
    run('mount', '-t', 'tmpfs', '-o', `${limits},mode=0700,${owner}`, 'evergrant-scarce', path)
  } catch (error) {
    rmSync(path, { recursive: true })
    throw error
  }
  const unmount = (): void => {
    process.off('exit', unmount)
    run('umount', '-l', path)
    // A write that came late may have made the folder again, below.
    rmSync(path, { recursive: true, force: true })
  }
  process.on('exit', unmount)
  return { directory: join(path, 'tokens'), failing: fault => failing(path, fault), unmount }
}

function failing(path: string, fault: DiskFault): Fallible {
  if (fault === 'read-only') {
    return {
      kill: () => remount(path, 'ro'),
      restart: () => remount(path, 'rw'),
    }
  }
  const fillers: string[] = []
  const content = fault === 'no room' ? Buffer.alloc(1024) : ''
  return {
    kill: async () => fill(path, content, fillers),
    restart: async () => {
      for (const filler of fillers.splice(0)) rmSync(filler, { force: true })
    },
  }
}

function fill(path: string, content: Buffer | string, fillers: string[]): void {
  for (;;) {
    const filler = join(path, `filler-${fillers.length}`)
    fillers.push(filler)
    try {
      writeFileSync(filler, content, { flag: 'a' })
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOSPC') return
      throw error
    }
  }
}

// A file that is just being written keeps a disk writable.
async function remount(path: string, mode: 'ro' | 'rw', tries = 50): Promise<void> {
  try {
    run('mount', '-o', `remount,${mode}`, path)
  } catch (error) {
    if (tries === 0) throw error
    await wait(10)
    await remount(path, mode, tries - 1)
  }
}

function run(program: string, ...parameters: readonly string[]): void {
  const [first = program, ...rest] = [...asAdministrator, program, ...parameters]
  const { status, stderr } = spawnSync(first, rest, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`)
}
