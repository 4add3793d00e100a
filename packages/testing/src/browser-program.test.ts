import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findBrowser } from './browser-program.ts'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'evergrant-browsers-'))
  for (const name of ['chromium', 'firefox-esr']) {
    writeFileSync(join(directory, name), '')
    chmodSync(join(directory, name), 0o755)
  }
  vi.stubEnv('PATH', directory)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true })
})

test('the browser for tests is chromium, unless the environment names another one', () => {
  vi.stubEnv('EVERGRANT_BROWSER', undefined)
  expect(findBrowser()).toMatchObject({
    engine: 'chromium',
    options: { executablePath: join(directory, 'chromium') },
  })
  vi.stubEnv('EVERGRANT_BROWSER', 'firefox')
  expect(findBrowser()).toEqual({
    engine: 'firefox',
    options: { executablePath: join(directory, 'firefox-esr'), channel: 'moz-firefox' },
  })
})

test('a browser that nobody knows is refused by name', () => {
  vi.stubEnv('EVERGRANT_BROWSER', 'lynx')
  expect(() => findBrowser()).toThrow('EVERGRANT_BROWSER must be chromium or firefox, not "lynx".')
})
