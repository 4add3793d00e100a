import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { StoreError } from '@evergrant/core'
import { codeOf, syncDirectory, unlessMissing } from './file-system.ts'
import type { FileSystem } from './file-system.ts'

/** One write of a key, as its file holds it. */
export interface FileRecord {
  readonly key: string
  readonly etag: string
  readonly writeId: string
  /** Absent: the key was removed. */
  readonly payload?: string | undefined
  readonly keepMs?: number | undefined
}

/** The newest write of a key. */
export interface Generation {
  readonly number: number
  readonly record: FileRecord
  readonly writtenAt: number
  /** The numbers that were seen beside it. */
  readonly seen: readonly number[]
}

const mostLooks = 100
const staleAfterMs = 3_600_000
const temporaryPattern = /^\.[0-9a-f-]{36}\.new$/
const numberPattern = /^[1-9]\d{0,14}$/
const foldersRecord = 'record'

/**
 * The writes of one key, as files `1`, `2`, `3` … in a folder of its own. Only one process can create the next number:
 * that is the compare-and-set. The newest two stay; whoever writes removes the older ones, in ascending order, so that a
 * number whose predecessor is still there has never been removed.
 */
export class FileGenerations {
  readonly #files: FileSystem
  readonly #directory: string

  constructor(files: FileSystem, directory: string) {
    this.#files = files
    this.#directory = directory
  }

  /** Finds the newest write; undefined: there was none. */
  async newest(): Promise<Generation | undefined> {
    let doubtful = -1
    for (let look = 0; look < mostLooks; look++) {
      const seen = await this.#numbers()
      if (seen === undefined) return undefined
      const number = seen.at(-1) ?? 0
      // A listing may miss names that change meanwhile: a gap, or nothing at all, is looked at twice.
      if ((number === 0 || (number > 1 && seen.at(-2) !== number - 1)) && doubtful !== number) {
        doubtful = number
        continue
      }
      if (number === 0) return undefined
      const read = await this.#read(number)
      if (read === undefined || (await this.#exists(number + 1)) || !(await this.#exists(number))) continue
      return { number, seen, ...read }
    }
    throw new StoreError('The token files are written by others all the time. Try again.', {
      code: 'store_contended',
    })
  }

  /**
   * Creates the generation after `newest`; false if somebody else was first.
   * @throws the operating system's error; whether it wrote is not known then
   */
  async append(newest: Generation | undefined, record: FileRecord): Promise<boolean> {
    const number = (newest?.number ?? 0) + 1
    if (!(await this.#create(number, record))) return false
    // A process that slept through several writes can create a number that existed and was removed.
    const isNext = newest === undefined ? await this.#isFirst() : await this.#isStill(newest)
    if (isNext && newest !== undefined) await this.#collect(newest)
    return isNext
  }

  async #numbers(): Promise<number[] | undefined> {
    const names = await unlessMissing(this.#files.readdir(this.#directory))
    return names
      ?.filter(name => numberPattern.test(name))
      .map(Number)
      .sort((left, right) => left - right)
  }

  async #exists(number: number): Promise<boolean> {
    return (await unlessMissing(this.#files.stat(this.#path(number)))) !== undefined
  }

  async #isFirst(): Promise<boolean> {
    return (await this.#numbers())?.at(-1) === 1
  }

  async #isStill({ number, record }: Generation): Promise<boolean> {
    return (await this.#read(number))?.record.etag === record.etag
  }

  async #read(number: number): Promise<Pick<Generation, 'record' | 'writtenAt'> | undefined> {
    const path = this.#path(number)
    return unlessMissing(
      this.#readFile(path).catch((error: unknown) => {
        // Windows says EPERM or EACCES for a folder that is opened as a file.
        if (!['EISDIR', 'EPERM', 'EACCES'].includes(codeOf(error))) throw error
        return this.#readFile(join(path, foldersRecord))
      }),
    )
  }

  async #readFile(path: string): Promise<Pick<Generation, 'record' | 'writtenAt'>> {
    await using handle = await this.#files.open(path, 'r')
    const { mode, mtimeMs } = await handle.stat()
    const text = await handle.readFile('utf8')
    if (process.getuid !== undefined && (mode & 0o077) !== 0) await handle.chmod(0o600)
    return { record: parse(text), writtenAt: mtimeMs }
  }

  async #create(number: number, record: FileRecord): Promise<boolean> {
    const temporary = join(this.#directory, `.${randomUUID()}.new`)
    try {
      await this.#writeDurably(temporary, JSON.stringify(record))
      const isCreated = await this.#claim(temporary, number)
      if (isCreated) await syncDirectory(this.#files, this.#directory)
      return isCreated
    } finally {
      await this.#files.rm(temporary, { force: true, recursive: true }).catch(() => undefined)
    }
  }

  async #writeDurably(path: string, text: string): Promise<void> {
    await using handle = await this.#files.open(path, 'wx', 0o600)
    // The umask may have taken the owner's rights too.
    if (process.getuid !== undefined) await handle.chmod(0o600)
    await handle.writeFile(text)
    await handle.sync()
  }

  async #claim(temporary: string, number: number): Promise<boolean> {
    try {
      await this.#files.link(temporary, this.#path(number))
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return await this.#isLinked(temporary)
      if (['ENOENT', 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO'].includes(codeOf(error))) throw error
      return await this.#claimByFolder(temporary, number)
    }
  }

  // An answer that a network file system lost is sent again, and then the name is already there: ours.
  async #isLinked(temporary: string): Promise<boolean> {
    return (await this.#files.stat(temporary)).nlink > 1
  }

  // Where there are no hard links: a folder cannot be renamed onto one that is not empty, and comes with its file complete.
  async #claimByFolder(temporary: string, number: number): Promise<boolean> {
    const folder = join(this.#directory, `.${randomUUID()}.new`)
    try {
      await this.#files.mkdir(folder, { mode: 0o700 })
      await this.#files.rename(temporary, join(folder, foldersRecord))
      await syncDirectory(this.#files, folder)
      await this.#files.rename(folder, this.#path(number))
      return true
    } catch (error) {
      if (await this.#exists(number)) return false
      throw error
    } finally {
      await this.#files.rm(folder, { force: true, recursive: true }).catch(() => undefined)
    }
  }

  async #collect({ number, seen }: Generation): Promise<void> {
    try {
      for (const old of seen) {
        if (old < number) await this.#files.rm(this.#path(old), { force: true, recursive: true })
      }
      if (number % 50 === 0) await this.#collectTemporaries()
    } catch {
      // The next write tries again. Going on would remove a successor before its predecessor.
    }
  }

  async #collectTemporaries(): Promise<void> {
    for (const name of await this.#files.readdir(this.#directory)) {
      if (!temporaryPattern.test(name)) continue
      const path = join(this.#directory, name)
      const { mtimeMs } = await this.#files.stat(path)
      if (Date.now() - mtimeMs > staleAfterMs) await this.#files.rm(path, { force: true, recursive: true })
    }
  }

  #path(number: number): string {
    return join(this.#directory, String(number))
  }
}

function parse(text: string): FileRecord {
  let value: Partial<Record<keyof FileRecord, unknown>> | undefined
  try {
    value = JSON.parse(text) as typeof value
  } catch {
    // Said below, without the parser's message, which quotes the text.
  }
  if (typeof value?.key === 'string' && typeof value.etag === 'string') return value as unknown as FileRecord
  throw new StoreError('A token file is damaged. It was left untouched. Remove it to start afresh.', {
    code: 'store_schema_unknown',
  })
}
