import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'

const installedByNpm = join('node_modules', '.bin')
const reported = new Set<string>()

/**
 * Finds a program of the machine, by the first of `names` that is on the PATH; what npm installed (`node_modules/.bin`)
 * does not count. Returns its absolute path. Without the program a test is to be skipped
 * (`describe.skipIf(path === undefined)`); one line on stderr says so, once per process.
 * @throws {Error} the program is missing and `CI` is `true`, where nothing may be skipped
 */
export function findProgram(...names: string[]): string | undefined {
  const directories = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(directory => directory !== '' && !isInstalledByNpm(directory))
  for (const name of names) {
    const found = directories.map(directory => join(directory, name)).find(isProgram)
    if (found !== undefined) return found
  }
  reportMissing(names.join(' or '))
  return undefined
}

function reportMissing(names: string): void {
  const reason = `this machine has no program ${names} on its PATH`
  if (process.env['CI'] === 'true') throw new Error(`With CI=true no test may be skipped, but ${reason}.`)
  if (reported.has(names)) return
  reported.add(names)
  process.stderr.write(`\n!!! SKIPPED TESTS: ${reason}. With CI=true this fails.\n\n`)
}

function isInstalledByNpm(directory: string): boolean {
  return directory === installedByNpm || directory.replace(/[/\\]+$/, '').endsWith(`${sep}${installedByNpm}`)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
