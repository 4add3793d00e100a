// Adds up what vitest reported for every package and prints one closing line. A package with a test script but without
// a report, or with a report of no test, fails the run: nothing that ran no test can look green.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testedPackages } from './workspace.ts'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
}

const totals = { passed: 0, failed: 0, skipped: 0 }
const problems: string[] = []
const rows: string[] = []

for (const { name, directory, manifest } of testedPackages()) {
  if (manifest.scripts?.['test'] === undefined) continue
  const path = join(directory, 'reports/test.json')
  if (!existsSync(path)) {
    problems.push(`${name} has a test script but left no report.`)
    continue
  }
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report
  if (report.numPassedTests === 0) problems.push(`${name} passed no test.`)
  totals.passed += report.numPassedTests
  totals.failed += report.numFailedTests
  totals.skipped += report.numPendingTests + report.numTodoTests
  rows.push(`  ${name.padEnd(28)} ${String(report.numPassedTests).padStart(5)} passed`)
}

console.log(['', ...rows, ''].join('\n'))
for (const problem of problems) console.error(problem)
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
console.log(`Tests: ${totals.passed} passed, ${totals.failed + problems.length} failed${skipped}`)
process.exitCode = totals.failed + problems.length > 0 ? 1 : 0
