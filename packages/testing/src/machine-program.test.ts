import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { findProgram } from './machine-program.ts'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'evergrant-programs-'))
  vi.stubEnv('CI', '')
  vi.stubEnv('PATH', directory)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true })
})

function place(path: string, mode = 0o755): string {
  const file = join(directory, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, '')
  chmodSync(file, mode)
  return file
}

describe('a program of the machine', () => {
  test('is found on the PATH, by the first name that exists', () => {
    const chromium = place('chromium')
    const chrome = place('google-chrome')
    expect(findProgram('chromium', 'google-chrome')).toBe(chromium)
    expect(findProgram('chrome', 'google-chrome')).toBe(chrome)
  })

  test('is neither a directory nor a file that cannot run', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    place('redis-server', 0o644)
    mkdirSync(join(directory, 'psql'))
    expect(findProgram('redis-server', 'psql')).toBeUndefined()
  })

  test('is not what npm installed', () => {
    place('node_modules/.bin/node')
    const node = place('machine/node')
    const path = [join(directory, 'node_modules/.bin'), '', join(directory, 'machine')].join(delimiter)
    vi.stubEnv('PATH', path)
    expect(findProgram('node')).toBe(node)
  })

  test('is missed in one line, once', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect(findProgram('no-such-program', 'nor-this')).toBeUndefined()
    expect(findProgram('no-such-program', 'nor-this')).toBeUndefined()
    expect(write).toHaveBeenCalledExactlyOnceWith(
      '\n!!! SKIPPED TESTS: this machine has no program no-such-program or nor-this on its PATH. With CI=true this fails.\n\n',
    )
  })

  test('must be there when CI is true', () => {
    vi.stubEnv('CI', 'true')
    expect(() => findProgram('no-such-program')).toThrow('With CI=true no test may be skipped')
  })
})
