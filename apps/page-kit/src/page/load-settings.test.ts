import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadSettings } from './load-settings.ts'

beforeEach(() => void vi.useFakeTimers())

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('the settings are asked for until the server gives them', async () => {
  const answers = [
    () => Promise.reject(new TypeError('fetch failed')),
    () => Promise.resolve(Response.json({ error: {} }, { status: 503 })),
    () => Promise.resolve(new Response('no JSON')),
    () => Promise.resolve(Response.json({ accounts: [] })),
  ]
  const asked: string[] = []
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url)
    return answers.shift()?.()
  })
  const loading = loadSettings()
  await vi.advanceTimersByTimeAsync(3000)
  expect(await loading).toEqual({ accounts: [] })
  expect(asked).toEqual(Array.from({ length: 4 }, () => '/api/settings'))
})
