// Fails on what no compiler sees: dependencies that point the wrong way, platform imports where a browser must follow,
// adapters that know each other, adapters that no application exercises.
import { checkRepository } from './repository-rules.ts'
import { workspacePackages } from './workspace.ts'

const problems = checkRepository(workspacePackages())
for (const problem of problems) console.error(problem)
console.log(
  problems.length === 0 ? 'check-repo: every rule holds' : `check-repo: ${problems.length} problems`,
)
process.exitCode = problems.length === 0 ? 0 : 1
