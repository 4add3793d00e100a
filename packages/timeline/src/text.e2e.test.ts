import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, life } from './life.test-support.ts'

const own = join(import.meta.dirname, '..')
let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'evergrant-timeline-'))
})

afterAll(() => rmSync(directory, { recursive: true }))

/**
 * What the compiler says of an entry where there are no types of the DOM and none of Node.js. What it says of core's
 * sources does not count: users get core's declarations, and the scripts' `consumer-types.e2e.test.ts` compiles those.
 */
function compile(entry: string): string[] {
  const project = join(directory, 'tsconfig.json')
  const config = {
    extends: join(own, '../../tsconfig.base.json'),
    compilerOptions: { lib: ['ES2023'], types: [] },
    files: [join(own, 'src', entry)],
  }
  writeFileSync(project, JSON.stringify(config))
  const { stdout } = spawnSync('tsc', ['-p', project], { cwd: own, encoding: 'utf8' })
  return stdout.split('\n').filter(line => line.startsWith('src/'))
}

/** Runs a program on Node.js itself, which resolves the package by its own exports. */
function run(program: string): { output: string; errors: string } {
  const args = ['--conditions', 'evergrant-src', '--input-type=module', '--eval', program]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: own, encoding: 'utf8' })
  return { output: stdout.trim(), errors: stderr }
}

describe('the entry for text', () => {
  test('compiles without the types of the DOM, which the main entry needs', () => {
    expect(compile('text.ts')).toEqual([])
    expect(compile('index.ts')).toContainEqual(expect.stringContaining("Cannot find name 'HTMLElement'"))
  })

  test('draws in Node.js, where it loads no element', () => {
    const program = `
let isAskedFor = false
Object.defineProperty(globalThis, 'HTMLElement', { get: () => void (isAskedFor = true) })
const text = await import('@evergrant/timeline/text')
const model = ${JSON.stringify(life)}.reduce(text.reduceTimeline, text.createTimelineModel())
console.log(text.renderTimelineText(model, { now: ${at(700)}, width: 40, timeZone: 'UTC' }).split('\\n')[0])
console.log(isAskedFor, 'TokenTimeline' in text)
const everything = await import('@evergrant/timeline')
console.log(isAskedFor, Object.keys(text).every(name => everything[name] === text[name]))`
    const lines = ['trackunit-iris: Fresh, 3 min 42 s left', 'false false', 'true true']
    expect(run(program)).toEqual({ output: lines.join('\n'), errors: '' })
  })
})
