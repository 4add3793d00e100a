import * as promises from 'node:fs/promises'

/** What the file store does to files: injected, so that tests can fill the disk. */
export type FileSystem = Pick<
  typeof promises,
  'chmod' | 'link' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm' | 'stat' | 'utimes'
>

export const nodeFileSystem: FileSystem = promises

/** The code of an error of the operating system, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** Runs `work`; undefined if there is no such file or folder. */
export async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work
  } catch (error) {
    // ENOTDIR: a name on the way became a file.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** Makes a folder for this user alone, whatever the umask. */
export async function makePrivate(files: FileSystem, directory: string): Promise<void> {
  await files.mkdir(directory, { mode: 0o700 })
  await files.chmod(directory, 0o700)
}

/** Makes sure that names in a folder survive a power cut, where folders can be synchronised at all. */
export async function syncDirectory(files: FileSystem, directory: string): Promise<void> {
  try {
    await using handle = await files.open(directory, 'r')
    await handle.sync()
  } catch (error) {
    // Windows and some network file systems cannot; a full or broken disk must not be taken for that.
    if (!['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF', 'ENOSYS'].includes(codeOf(error)))
      throw error
  }
}
