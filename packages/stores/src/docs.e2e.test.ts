import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { postgresMigration } from './postgres-store.ts'

const root = join(import.meta.dirname, '../../..')
const pages = [
  'stores/file.md',
  'stores/redis.md',
  'stores/postgres.md',
  'stores/encrypted.md',
  'add-a-store.md',
]

function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    match => match[1] ?? '',
  )
}

test('the examples of the pages about stores compile', () => {
  const directory = mkdtempSync(join(import.meta.dirname, '../.examples-'))
  try {
    const compilerOptions = { isolatedDeclarations: false, declaration: false, types: ['node'] }
    const settings = { extends: '../../../tsconfig.base.json', compilerOptions }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(settings))
    const examples = pages.flatMap(page => blocksOf(page, 'ts'))
    expect(examples).toHaveLength(8)
    for (const [index, code] of examples.entries())
      writeFileSync(join(directory, `${index}.ts`), `${code}\nexport {}\n`)
    const tsc = spawnSync('tsc', ['-p', directory], { encoding: 'utf8' })
    expect(tsc.stdout).toBe('')
    expect(tsc.status).toBe(0)
  } finally {
    rmSync(directory, { recursive: true })
  }
}, 60_000)

test('the SQL of the page is the migration', () => {
  expect(blocksOf('stores/postgres.md', 'sql')).toEqual([postgresMigration()])
})
