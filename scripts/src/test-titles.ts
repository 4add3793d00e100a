import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { sourceFiles, workspacePackages } from './workspace.ts'

const root = join(import.meta.dirname, '../..')

/** The codes that the titles of a test file begin with: `C3`, `F25`. Rows of a table of tests count as titles. */
export function codesOf(testFile: string): readonly string[] {
  const beginnings = testFile.matchAll(/['"`]((?:[A-Z]\d{1,2} )+)/g)
  return [...beginnings].flatMap(match => (match[1] ?? '').trim().split(' '))
}

/** Every code of the packages' and apps' tests, with the files whose titles use it. */
export function codesInUse(): ReadonlyMap<string, ReadonlySet<string>> {
  const uses = new Map<string, Set<string>>()
  for (const file of workspacePackages().flatMap(({ directory }) => sourceFiles(directory))) {
    if (!/\.test(-support)?\.tsx?$/.test(file)) continue
    for (const code of codesOf(readFileSync(file, 'utf8'))) {
      uses.set(code, (uses.get(code) ?? new Set()).add(relative(root, file)))
    }
  }
  return uses
}

/** The codes that docs/checklist.md explains, in its order, as often as it does. */
export function explainedCodes(): readonly string[] {
  const checklist = readFileSync(join(root, 'docs/checklist.md'), 'utf8')
  return [...checklist.matchAll(/^\| ([A-Z]\d{1,2}) +\| \S.* \|$/gm)].map(match => match[1] ?? '')
}
