import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readmeExamples } from './examples.ts'

const examples = readmeExamples()
const scripts = join(import.meta.dirname, '..')
let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(scripts, '.examples-'))
  const compilerOptions = { isolatedDeclarations: false, declaration: false, types: ['node'] }
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions }),
  )
  for (const { name, code } of examples) writeFileSync(join(directory, fileOf(name)), `${code}\nexport {}\n`)
})

afterAll(() => rmSync(directory, { recursive: true }))

const fileOf = (name: string): string => `${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.ts`

describe('the examples of the READMEs', () => {
  test('are found', () => {
    expect(examples.map(example => example.name)).toEqual(
      expect.arrayContaining(['README.md#1', 'packages/core/README.md#1', 'packages/express/README.md#1']),
    )
  })

  test('compile', () => {
    const tsc = spawnSync('tsc', ['-p', directory], { encoding: 'utf8' })
    expect(tsc.stdout).toBe('')
    expect(tsc.status).toBe(0)
  })

  test('of the first screen runs, and does what it says', () => {
    const preload = join(import.meta.dirname, 'emulated-world.ts')
    const args = ['--conditions=evergrant-src', '--import', preload, join(directory, fileOf('README.md#1'))]
    const run = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(run.stderr).toBe('')
    expect(run.stdout).toMatch(/^\d{3,} 200 The access token is used from memory/)
  })

  test('of the first screen has at most fifteen lines', () => {
    const lines = examples[0]?.code.trim().split('\n') ?? []
    expect(lines.length).toBeLessThanOrEqual(15)
  })
})
