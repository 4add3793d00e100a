import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const directory = join(import.meta.dirname, '..')
let built = ''

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'evergrant-react-'))
  // As `npm run build` does; types are checked elsewhere.
  const args = ['-p', 'tsconfig.build.json', '--outDir', built, '--noCheck']
  execFileSync('tsc', args, { cwd: directory, stdio: 'pipe' })
})

afterAll(() => rmSync(built, { recursive: true }))

const filesOf = (ending: string): string[] => readdirSync(built).filter(name => name.endsWith(ending))

describe('the built files', () => {
  test('that need a page begin with the directive that says so', () => {
    const contents = filesOf('.js').map(name => ({ name, code: readFileSync(join(built, name), 'utf8') }))
    const needy = contents.filter(({ name, code }) => name === 'index.js' || /from 'react'/.test(code))
    expect(needy.map(({ name }) => name)).toEqual([
      'access-token-provider.js',
      'index.js',
      'tokens-context.js',
      'use-access-token-suspense.js',
      'use-tracked-state.js',
    ])
    for (const { name, code } of needy) expect(code, name).toMatch(/^'use client';?\n/)
  })

  test('hold no test', () => {
    expect(filesOf('').filter(name => name.includes('test'))).toEqual([])
  })
})
