import { StoreError } from '@evergrant/core'
import { isOwnName } from './file-names.ts'
import { codeOf, unlessMissing } from './file-system.ts'
import type { FileSystem } from './file-system.ts'

const forOwner = 0o700
const others = 0o077

/**
 * Makes sure that only this user can look into a folder: makes it, or takes others' rights away where nothing but our own
 * records is in it. Returns whether the folder exists.
 * @throws {StoreError} others can look into it, and it is not this store's to change
 */
export async function ensurePrivate(
  files: FileSystem,
  directory: string,
  options: { readonly isMade: boolean; readonly userId: number | undefined },
): Promise<boolean> {
  let found = await unlessMissing(files.stat(directory))
  if (found === undefined) {
    if (!options.isMade) return false
    await files.mkdir(directory, { recursive: true, mode: forOwner })
    // The umask may have taken the owner's rights too.
    await files.chmod(directory, forOwner)
    found = await files.stat(directory)
  }
  if (!found.isDirectory()) throw refused(directory, 'is no folder')
  // Windows has no such modes; the profile's folder is the user's own there.
  if (options.userId === undefined || (found.mode & others) === 0) return true
  if (found.uid !== options.userId) throw refused(directory, 'belongs to another user and is open to others')
  const foreign = (await files.readdir(directory)).find(name => !isOwnName(name))
  if (foreign !== undefined) throw refused(directory, 'is open to other users and holds other files too')
  try {
    await files.chmod(directory, forOwner)
  } catch (error) {
    throw refused(directory, `is open to other users and cannot be changed (${codeOf(error)})`)
  }
  return true
}

function refused(directory: string, what: string): StoreError {
  return new StoreError(
    `The folder "${directory}" ${what}. Name one for tokens alone, below it or elsewhere: it is made with mode 0700.`,
  )
}
