import { readdir } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fileStore } from '../../file-store.ts'
import { expectSurvived, letFall } from './outage-course.test-support.ts'
import { outageFigures, reportOutages } from './outage-figures.test-support.ts'
import { openScene } from './outage-scene.test-support.ts'
import { diskFaults, mountScarceDisk } from './scarce-disk.test-support.ts'
import type { ScarceDisk } from './scarce-disk.test-support.ts'

// EVERGRANT_FLEET=full: the outage of the nightly run.
const isFull = process.env['EVERGRANT_FLEET'] === 'full'
const downMs = isFull ? 30_000 : 1500

let disk: ScarceDisk
const figures: (readonly string[])[] = []

/** Files of writes that did not come to their end. */
async function unfinished(): Promise<string[]> {
  const names = await readdir(disk.directory, { recursive: true })
  return names.filter(name => name.endsWith('.new'))
}

describe.skipIf(mountScarceDisk === undefined)('F55 a disk', () => {
  beforeEach(() => void (disk = mountScarceDisk!()))
  afterEach(() => disk.unmount())
  afterAll(() => reportOutages(downMs, figures))

  test.each(diskFaults)(
    `C81 %s for ${downMs / 1000} seconds: memory serves, no refresh token is risked, and afterwards all goes on`,
    async fault => {
      const store = { name: 'file', address: { kind: 'file', at: disk.directory } } as const
      const courses = await letFall(disk.failing(fault), [store], downMs)
      expect(courses).toHaveLength(1)
      figures.push(...courses.map(course => outageFigures(fault, course)))
      for (const course of courses) expectSurvived(course, downMs)
      expect(await unfinished()).toEqual([])
    },
    downMs + 60_000,
  )

  test.each(diskFaults)(
    'C79 %s after the claim: the new token is handed out, it is said aloud, and written as soon as that works',
    async fault => {
      const { kill, restart } = disk.failing(fault)
      const scene = await openScene(fileStore({ directory: disk.directory }))
      try {
        scene.expire()
        const arrived = scene.holdNextRefresh(300)
        const asked = Promise.all(
          Array.from({ length: 50 }, () => scene.tokens.getAccessToken().catch(() => undefined)),
        )
        await arrived
        await kill()
        await asked
        const token = await vi.waitFor(() => scene.tokens.getAccessToken(), { timeout: 15_000 })
        expect(scene.events).toContain('degraded')
        expect(scene.exchanges('refresh_token')).toEqual([200])
        // Long enough to be tempted.
        await wait(300)
        await restart()
        const reader = fileStore({ directory: disk.directory })
        const read = async (): Promise<string> => (await reader.read(scene.tokens.key))?.payload ?? ''
        await vi.waitFor(async () => expect(await read()).toContain(token), { timeout: 15_000 })
        await vi.waitFor(() => expect(scene.pendingCalls()).toBe(0), { timeout: 15_000 })
        await wait(50)
        scene.expire()
        expect(await scene.tokens.getAccessToken()).not.toBe(token)
        expect(scene.exchanges('refresh_token')).toEqual([200, 200])
      } finally {
        await restart()
        await scene.close()
      }
    },
    60_000,
  )

  test.each(diskFaults)('%s: what is on it can be read, and a write fails with the reason', async fault => {
    const store = fileStore({ directory: disk.directory })
    const first = await store.write('a', 'one', { ifMatch: null, writeId: 'write-1' })
    const { kill, restart } = disk.failing(fault)
    const ifMatch = (await store.read('a'))?.etag ?? null
    await kill()
    const reader = fileStore({ directory: disk.directory })
    expect([first.ok, (await reader.read('a'))?.payload]).toEqual([true, 'one'])
    const write = store.write('a', 'two', { ifMatch, writeId: 'write-2' })
    const error: unknown = await write.catch((reason: unknown) => reason)
    await restart()
    expect(error).toMatchObject({ code: fault === 'read-only' ? 'EROFS' : 'ENOSPC' })
    expect((await reader.read('a'))?.payload).toBe('one')
    expect(await store.write('a', 'two', { ifMatch, writeId: 'write-2' })).toMatchObject({ ok: true })
  })
})
