import * as promises from 'node:fs/promises'
import type { TokenStore } from '@evergrant/core'
import { fileStoreOn } from '../../file-store.ts'
import { nodeFileSystem } from '../../file-system.ts'
import type { FileSystem } from '../../file-system.ts'
import { strike } from './death-moments.test-support.ts'
import type { DeathMoments } from './death-moments.test-support.ts'

/** A file store that dies while it writes: over half a temporary file, before the link, or after it. */
export function mortalFileStore(directory: string, moments: DeathMoments): TokenStore {
  const at = (reach: string): void => {
    const planned = moments.midWrite
    if (planned?.reach === reach) strike(planned.signal)
  }
  const open: FileSystem['open'] = async (path, flags, mode) => {
    const handle = await promises.open(path, flags, mode)
    if (flags !== 'wx' || moments.midWrite?.reach !== 'torn') return handle
    const write = handle.writeFile.bind(handle)
    handle.writeFile = async data => {
      const text = String(data)
      const middle = Math.floor(text.length / 2)
      await write(text.slice(0, middle))
      at('torn')
      // Goes on where the first half ended.
      await write(text.slice(middle))
    }
    return handle
  }
  const link: FileSystem['link'] = async (from, to) => {
    at('lost')
    await promises.link(from, to)
    at('done')
  }
  const userId = process.getuid?.()
  return fileStoreOn({ files: { ...nodeFileSystem, open, link }, userId }, directory)
}
