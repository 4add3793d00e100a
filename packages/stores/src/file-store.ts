import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { ConfigurationError } from '@evergrant/core'
import type { Stored, TokenStore, WriteOptions, WriteResult } from '@evergrant/core'
import { FileGenerations } from './file-generations.ts'
import type { Generation } from './file-generations.ts'
import { isKeyName, nameOf, signalsName } from './file-names.ts'
import { codeOf, makePrivate, nodeFileSystem, syncDirectory, unlessMissing } from './file-system.ts'
import type { FileSystem } from './file-system.ts'
import { FileWatch } from './file-watch.ts'
import { keepTime } from './keep-time.ts'
import { ensurePrivate } from './private-directory.ts'
import { stateDirectory } from './state-directory.ts'

/** Options of {@link fileStore}. */
export interface FileStoreOptions {
  /**
   * The folder, for tokens alone. Default: `evergrant/tokens` below `XDG_STATE_HOME`, `~/.local/state`,
   * `~/Library/Application Support` or `%LOCALAPPDATA%`.
   */
  readonly directory?: string | undefined
}

/** What the store needs of the machine: injected by tests. */
export interface FileStoreMachine {
  readonly files: FileSystem
  /** Absent where files have no owner. */
  readonly userId: number | undefined
}

class FileStore implements TokenStore {
  readonly #directory: string
  readonly #machine: FileStoreMachine
  readonly #watch: FileWatch

  constructor(directory: string, machine: FileStoreMachine) {
    this.#directory = directory
    this.#machine = machine
    this.#watch = new FileWatch(
      () => this.#openSignals(),
      async name => (await this.#generationsIn(name).newest())?.record.key,
    )
  }

  async read(key: string): Promise<Stored | undefined> {
    if (!(await this.#ensure(false))) return undefined
    const newest = await this.#generationsOf(key).newest()
    return storedOf(newest)
  }

  async write(key: string, payload: string, options: WriteOptions): Promise<WriteResult> {
    const { ifMatch, writeId, keepMs, notify = true } = options
    const result = await this.#append(key, ifMatch, { writeId, payload, keepMs: keepTime(keepMs) })
    if (result.ok && notify) await this.#signal(key)
    return result
  }

  async remove(key: string, { ifMatch }: { readonly ifMatch: string }): Promise<boolean> {
    if ((await this.read(key)) === undefined) return false
    return (await this.#append(key, ifMatch, { writeId: randomUUID() })).ok
  }

  watch(listener: (key: string | undefined) => void): Disposable {
    return this.#watch.add(listener)
  }

  async *keys(): AsyncIterable<string> {
    if (!(await this.#ensure(false))) return
    for (const name of await this.#machine.files.readdir(this.#directory)) {
      if (!isKeyName(name)) continue
      const newest = await this.#generationsIn(name).newest()
      if (storedOf(newest) !== undefined) yield newest?.record.key ?? ''
    }
  }

  async #append(
    key: string,
    ifMatch: string | null,
    content: { readonly writeId: string; readonly payload?: string; readonly keepMs?: number | undefined },
  ): Promise<WriteResult> {
    await this.#ensure(true)
    await this.#makeFolder(nameOf(key))
    const generations = this.#generationsOf(key)
    for (;;) {
      const newest = await generations.newest()
      const current = storedOf(newest)
      if (current !== undefined && newest?.record.writeId === content.writeId)
        return { ok: true, etag: current.etag }
      if ((current?.etag ?? null) !== ifMatch) return { ok: false, current }
      const etag = randomUUID()
      if (await generations.append(newest, { key, etag, ...content })) return { ok: true, etag }
    }
  }

  #ensure(isMade: boolean): Promise<boolean> {
    const { files, userId } = this.#machine
    return ensurePrivate(files, this.#directory, { isMade, userId })
  }

  async #makeFolder(name: string): Promise<string> {
    const { files } = this.#machine
    const path = join(this.#directory, name)
    if ((await unlessMissing(files.stat(path))) !== undefined) return path
    try {
      await makePrivate(files, path)
      await syncDirectory(files, this.#directory)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    return path
  }

  async #openSignals(): Promise<string> {
    await this.#ensure(true)
    return this.#makeFolder(signalsName)
  }

  async #signal(key: string): Promise<void> {
    try {
      const path = join(await this.#makeFolder(signalsName), nameOf(key))
      await using handle = await this.#machine.files.open(path, 'w', 0o600)
      await handle.write('.')
    } catch {
      // The write is done: that nobody hears of it cannot make it fail.
    }
  }

  #generationsOf(key: string): FileGenerations {
    return this.#generationsIn(nameOf(key))
  }

  #generationsIn(name: string): FileGenerations {
    return new FileGenerations(this.#machine.files, join(this.#directory, name))
  }
}

function storedOf(newest: Generation | undefined): Stored | undefined {
  if (newest?.record.payload === undefined) return undefined
  const { etag, payload, keepMs } = newest.record
  const ageMs = Math.max(0, Date.now() - newest.writtenAt)
  return keepMs === undefined || ageMs <= keepMs ? { etag, ageMs, payload } : undefined
}

/** {@link fileStore} on a given machine. */
export function fileStoreOn(machine: FileStoreMachine, directory: string): TokenStore {
  return new FileStore(directory, machine)
}

/**
 * Keeps records in files of mode 0600, in a folder of mode 0700, for the processes of one user on one machine. Any
 * number of them may share it: nobody locks, because only one can create the next file. What is written is on the disk
 * when the write returns. Not for network file systems.
 * @throws {ConfigurationError} `directory` is empty or no text
 * @see docs/stores/file.md
 */
export function fileStore(options: FileStoreOptions = {}): TokenStore {
  const { platform, env: environment } = process
  const { directory = stateDirectory({ platform, environment, home: homedir() }) } = options ?? {}
  if (typeof directory !== 'string' || directory.trim() === '') {
    throw new ConfigurationError('fileStore cannot work', ['directory must be the path of a folder.'])
  }
  return fileStoreOn({ files: nodeFileSystem, userId: process.getuid?.() }, resolve(directory))
}
