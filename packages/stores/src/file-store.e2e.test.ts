import * as promises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isConfigurationError, isStoreError } from '@evergrant/core'
import type { TokenStore } from '@evergrant/core'
import { describeTokenStore } from '@evergrant/testing/token-store-suite'
import { afterEach, describe, expect, test } from 'vitest'
import { nameOf } from './file-names.ts'
import { fileStore, fileStoreOn } from './file-store.ts'
import { nodeFileSystem } from './file-system.ts'
import type { FileSystem } from './file-system.ts'

const first = { ifMatch: null, writeId: 'write-1' }
const hasModes = process.getuid !== undefined
const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await promises.rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await promises.mkdtemp(join(tmpdir(), 'evergrant-files-'))
  folders.push(folder)
  return folder
}

function storeOn(directory: string, files: Partial<FileSystem>, userId = process.getuid?.()): TokenStore {
  return fileStoreOn({ files: { ...nodeFileSystem, ...files }, userId }, directory)
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

async function modeOf(path: string): Promise<string> {
  return ((await promises.stat(path)).mode & 0o777).toString(8)
}

async function etagOf(writing: ReturnType<TokenStore['write']>): Promise<string> {
  const result = await writing
  if (!result.ok) throw new Error('The write was refused.')
  return result.etag
}

describeTokenStore('the file store', async () => {
  const directory = join(await newFolder(), 'tokens')
  return { store: fileStore({ directory }), another: () => fileStore({ directory }) }
})

describeTokenStore('the file store without hard links', async () => {
  const directory = join(await newFolder(), 'tokens')
  const link = (): Promise<void> => Promise.reject(failure('EPERM'))
  return { store: storeOn(directory, { link }), another: () => storeOn(directory, { link }) }
})

describeTokenStore('the file store where some processes can link', async () => {
  const directory = join(await newFolder(), 'tokens')
  const link = (): Promise<void> => Promise.reject(failure('ENOTSUP'))
  return { store: storeOn(directory, { link }), another: () => fileStore({ directory }) }
})

describe.skipIf(!hasModes)('F53 the modes of token files', () => {
  test.each([0o000, 0o022, 0o777])('are 0600 in folders of 0700, whatever the umask (%o)', async umask => {
    const directory = join(await newFolder(), 'tokens')
    const before = process.umask(umask)
    try {
      await fileStore({ directory }).write('a', 'secret', first)
    } finally {
      process.umask(before)
    }
    expect(await modeOf(directory)).toBe('700')
    expect(await modeOf(join(directory, nameOf('a')))).toBe('700')
    expect(await modeOf(join(directory, nameOf('a'), '1'))).toBe('600')
  })

  test('are repaired where nothing but tokens lies in the folder', async () => {
    const directory = join(await newFolder(), 'tokens')
    const store = fileStore({ directory })
    await store.write('a', 'secret', first)
    await promises.chmod(directory, 0o755)
    await promises.chmod(join(directory, nameOf('a'), '1'), 0o644)
    expect(await store.read('a')).toMatchObject({ payload: 'secret' })
    expect(await modeOf(directory)).toBe('700')
    expect(await modeOf(join(directory, nameOf('a'), '1'))).toBe('600')
  })

  test('are not changed where other files lie in the folder: it is refused', async () => {
    const directory = await newFolder()
    await promises.writeFile(join(directory, 'page.html'), 'x')
    await promises.chmod(directory, 0o755)
    const error: unknown = await fileStore({ directory })
      .write('a', 'secret', first)
      .catch((reason: unknown) => reason)
    expect(isStoreError(error)).toBe(true)
    expect(String(error)).toContain('is open to other users and holds other files too')
    expect(await modeOf(directory)).toBe('755')
    expect(await promises.readdir(directory)).toEqual(['page.html'])
  })

  test("are refused in another user's open folder", async () => {
    const directory = await newFolder()
    await promises.chmod(directory, 0o777)
    const store = storeOn(directory, {}, (process.getuid?.() ?? 0) + 1)
    await expect(store.write('a', 'secret', first)).rejects.toThrow('belongs to another user')
    await expect(store.read('a')).rejects.toThrow('belongs to another user')
  })

  test('F53 leave symbolic links in place: the folder behind them is used', async () => {
    const [home, volume] = [await newFolder(), await newFolder()]
    const directory = join(home, 'tokens')
    await promises.symlink(volume, directory)
    const store = fileStore({ directory })
    const etag = await etagOf(store.write('a', 'one', first))
    await store.write('a', 'two', { ifMatch: etag, writeId: 'write-2' })
    expect((await promises.lstat(directory)).isSymbolicLink()).toBe(true)
    expect(await fileStore({ directory: volume }).read('a')).toMatchObject({ payload: 'two' })
  })
})

describe('a file store', () => {
  test('C80 keeps the newest two generations and nothing else', async () => {
    const directory = await newFolder()
    const store = fileStore({ directory })
    let etag: string | null = null
    for (let count = 1; count <= 60; count++) {
      etag = await etagOf(
        store.write('a', `${count}`, { ifMatch: etag, writeId: `write-${count}`, notify: false }),
      )
    }
    expect(await promises.readdir(directory)).toEqual([nameOf('a')])
    expect((await promises.readdir(join(directory, nameOf('a')))).sort()).toEqual(['59', '60'])
  })

  test('F6 refuses a writer that slept while others wrote five times, and nobody reads what it left', async () => {
    const directory = await newFolder()
    const store = fileStore({ directory })
    const etag = await etagOf(store.write('a', 'one', first))
    let wake = (): void => undefined
    const asleep = new Promise<void>(resolve => (wake = resolve))
    let reached = (): void => undefined
    const linking = new Promise<void>(resolve => (reached = resolve))
    const link: FileSystem['link'] = async (...paths) => {
      reached()
      await asleep
      await promises.link(...paths)
    }
    const sleeper = storeOn(directory, { link }).write('a', 'late', { ifMatch: etag, writeId: 'late' })
    await linking
    let current = etag
    for (let count = 0; count < 5; count++) {
      current = await etagOf(store.write('a', `${count}`, { ifMatch: current, writeId: `write-${count}x` }))
    }
    wake()
    expect(await sleeper).toMatchObject({ ok: false, current: { etag: current, payload: '4' } })
    expect(await store.read('a')).toMatchObject({ payload: '4' })
    await etagOf(store.write('a', 'next', { ifMatch: current, writeId: 'next' }))
    expect((await promises.readdir(join(directory, nameOf('a')))).sort()).toEqual(['6', '7'])
  })

  test('F6 refuses a first writer that slept in the same way', async () => {
    const directory = await newFolder()
    const store = fileStore({ directory })
    let wake = (): void => undefined
    const asleep = new Promise<void>(resolve => (wake = resolve))
    let reached = (): void => undefined
    const linking = new Promise<void>(resolve => (reached = resolve))
    const link: FileSystem['link'] = async (...paths) => {
      reached()
      await asleep
      await promises.link(...paths)
    }
    const sleeper = storeOn(directory, { link }).write('a', 'late', { ifMatch: null, writeId: 'late' })
    await linking
    let current: string | null = null
    for (let count = 0; count < 5; count++) {
      current = await etagOf(store.write('a', `${count}`, { ifMatch: current, writeId: `write-${count}` }))
    }
    wake()
    expect(await sleeper).toMatchObject({ ok: false, current: { payload: '4' } })
  })

  test('F5 ignores what a killed process left half written', async () => {
    const directory = await newFolder()
    const store = fileStore({ directory })
    const etag = await etagOf(store.write('a', 'one', first))
    await promises.writeFile(
      join(directory, nameOf('a'), '.0e7a3c1e-2f4b-4a55-9b7a-0c6b7f1d2e3f.new'),
      '{"key":"a","et',
    )
    expect(await store.read('a')).toMatchObject({ etag, payload: 'one' })
    await etagOf(store.write('a', 'two', { ifMatch: etag, writeId: 'write-2' }))
  })

  test('C82 leaves a damaged file as it is, and says so without quoting it', async () => {
    const directory = await newFolder()
    const store = fileStore({ directory })
    await store.write('a', 'one', first)
    const path = join(directory, nameOf('a'), '1')
    await promises.writeFile(path, '{"fake-secret')
    for (const work of [store.read('a'), store.write('a', 'two', { ifMatch: null, writeId: 'write-2' })]) {
      const error: unknown = await work.catch((reason: unknown) => reason)
      expect(isStoreError(error) && error.code).toBe('store_schema_unknown')
      expect(String(error)).not.toContain('fake-secret')
    }
    expect(await promises.readFile(path, 'utf8')).toBe('{"fake-secret')
  })

  test('reads nothing and makes nothing where there is no folder', async () => {
    const directory = join(await newFolder(), 'tokens')
    const store = fileStore({ directory })
    expect(await store.read('a')).toBeUndefined()
    expect(await store.remove?.('a', { ifMatch: 'x' })).toBe(false)
    await expect(promises.stat(directory)).rejects.toThrow('ENOENT')
  })

  test('begins anew when somebody removed its folder', async () => {
    const directory = join(await newFolder(), 'tokens')
    const store = fileStore({ directory })
    const etag = await etagOf(store.write('a', 'one', first))
    await promises.rm(directory, { recursive: true })
    expect(await store.write('a', 'two', { ifMatch: etag, writeId: 'write-2' })).toEqual({
      ok: false,
      current: undefined,
    })
    await etagOf(store.write('a', 'three', { ifMatch: null, writeId: 'write-3' }))
  })

  test.each(['', ' ', 7])('refuses %j as its folder', directory => {
    let thrown: unknown
    try {
      fileStore({ directory: directory as string })
    } catch (error) {
      thrown = error
    }
    expect(isConfigurationError(thrown)).toBe(true)
  })
})

/** The first `open` for writing, `sync` or `link` that comes after so many others fails. */
function failingAfter(steps: number, code: string): { files: Partial<FileSystem>; isOver: () => boolean } {
  let left = steps
  const step = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (left-- === 0) throw failure(code)
    return work()
  }
  const files: Partial<FileSystem> = {
    open: async (path, flags, mode) => {
      if (flags !== 'r') await step(() => Promise.resolve())
      const handle = await promises.open(path, flags, mode)
      const [writeFile, sync] = [handle.writeFile.bind(handle), handle.sync.bind(handle)]
      handle.writeFile = (...options) => step(() => writeFile(...options))
      handle.sync = () => step(() => sync())
      return handle
    },
    link: (...paths) => step(() => promises.link(...paths)),
  }
  return { files, isOver: () => left >= 0 }
}

describe('F55 a full disk', () => {
  test.each(['ENOSPC', 'EIO', 'EROFS', 'EDQUOT'])(
    '(%s) at any step loses nothing, and its error is told',
    async code => {
      let [failures, steps] = [0, 0]
      for (; ; steps++) {
        const directory = await newFolder()
        const etag = await etagOf(fileStore({ directory }).write('a', 'one', first))
        const { files, isOver } = failingAfter(steps, code)
        const store = storeOn(directory, files)
        const options = { ifMatch: etag, writeId: 'write-2', notify: false }
        const error: unknown = await store.write('a', 'two', options).catch((reason: unknown) => reason)
        if (isOver()) break
        failures++
        expect((error as { code?: string }).code).toBe(code)
        expect(['one', 'two']).toContain((await fileStore({ directory }).read('a'))?.payload)
        // The same write again, on a disk that works: written once, whether or not the first try reached the disk.
        await etagOf(fileStore({ directory }).write('a', 'two', options))
        expect((await promises.readdir(join(directory, nameOf('a')))).sort()).toEqual(['1', '2'])
      }
      // Open, write, synchronise, link, synchronise the folder.
      expect(failures).toBe(5)
    },
  )
})
