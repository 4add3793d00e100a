import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { faults } from './broken-stores.test-support.ts'

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly status: string
    }[]
  }[]
}

test('the suite passes a store without fault, and finds every fault', () => {
  const config = fileURLToPath(new URL('../../broken-stores.config.ts', import.meta.url))
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), 'evergrant-suite-'))
  const output = join(folder, 'report.json')
  const where = ['--config', config, '--root', root, '--reporter=json', `--outputFile=${output}`]
  const run = spawnSync('vitest', ['run', ...where, '--testTimeout=1500'], { encoding: 'utf8', cwd: root })
  expect(run.error).toBeUndefined()
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report
  rmSync(folder, { recursive: true })
  const failures = new Map<string, number>()
  for (const { ancestorTitles, status } of report.testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  )) {
    const name = ancestorTitles[0] ?? ''
    failures.set(name, (failures.get(name) ?? 0) + (status === 'failed' ? 1 : 0))
  }
  expect(failures.get('no fault')).toBe(0)
  expect(faults.filter(fault => !(failures.get(fault) ?? 0))).toEqual([])
}, 120_000)
