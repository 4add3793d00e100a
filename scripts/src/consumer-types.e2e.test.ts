import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identifierOf, publicEntryPoints } from './built-packages.ts'
import { roles } from './repository-rules.ts'
import { publicPackages } from './workspace.ts'

const scripts = join(import.meta.dirname, '..')
let consumer = ''

/** Entry points of portable packages that are for Node.js alone. */
const forNode: ReadonlySet<string> = new Set(['@evergrant/server/node'])

/** Entry points that define a custom element: their types name HTMLElement. */
const drawing: ReadonlySet<string> = new Set(['@evergrant/timeline'])

/** Peers whose own declarations do not compile under these options, with us or without, and the lines that go on. */
const notOurs = /node_modules\/\.pnpm\/(?:@apollo\+client|@auth\+core|@wry\+\w+)@|^ /

beforeAll(() => {
  consumer = mkdtempSync(join(tmpdir(), 'evergrant-consumer-'))
  for (const { name, directory } of publicPackages()) install(name, directory)
  install('express', join(scripts, 'node_modules/express'))
  install('@types/express', join(scripts, 'node_modules/@types/express'))
  install('@types/node', join(scripts, '../node_modules/@types/node'))
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ type: 'module' }))
  const portable = publicEntryPoints().filter(
    entry => roles[entry.split('/')[1] ?? '']?.isPortable === true && !forNode.has(entry),
  )
  writeFileSync(join(consumer, 'all.ts'), importing(publicEntryPoints()))
  writeFileSync(join(consumer, 'portable.ts'), importing(portable))
  writeFileSync(
    join(consumer, 'domless.ts'),
    importing(publicEntryPoints().filter(entry => !drawing.has(entry))),
  )
})

afterAll(() => rmSync(consumer, { recursive: true }))

function install(name: string, directory: string): void {
  const link = join(consumer, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(directory, link, 'dir')
}

function importing(entryPoints: readonly string[]): string {
  const imports = entryPoints.map(entry => `import * as ${identifierOf(entry)} from '${entry}'`)
  const names = entryPoints.map(identifierOf).join(', ')
  return [...imports, `export const entries: unknown[] = [${names}]`, ''].join('\n')
}

/** What the compiler says of a program that imports entry points, and of every declaration behind them. */
function compile(name: 'all' | 'portable' | 'domless', compilerOptions: object): string {
  const strictest = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true }
  const project = join(consumer, `tsconfig.${name}.json`)
  const config = {
    compilerOptions: { ...strictest, target: 'ES2023', ...compilerOptions },
    files: [`${name}.ts`],
  }
  writeFileSync(project, JSON.stringify(config))
  const { stdout } = spawnSync('tsc', ['-p', project], { encoding: 'utf8' })
  const faults = stdout.split('\n').filter(line => line !== '' && !notOurs.test(line))
  return faults.join('\n')
}

const lib = ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable']
const bundler = { module: 'preserve', moduleResolution: 'bundler', lib, types: [] }

describe('the types of the built packages, library declarations checked', () => {
  test('compile for Node.js, without the DOM', () => {
    expect(compile('domless', { module: 'nodenext', lib: ['ES2023'], types: ['node'] })).toBe('')
  })

  test('compile for a bundler, with the DOM', () => {
    expect(compile('all', bundler)).toBe('')
  })

  test('compile for a browser, where the packages that run there need no types of Node.js', () => {
    rmSync(join(consumer, 'node_modules/@types/node'))
    expect(compile('portable', bundler)).toBe('')
  })
})
