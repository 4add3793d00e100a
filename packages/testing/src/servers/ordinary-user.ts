import { chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The command, run by somebody else where root runs this process: some servers refuse root. */
export function asUser(command: readonly string[]): readonly string[] {
  return isRoot()
    ? ['setpriv', `--reuid=${userId()}`, `--regid=${userId()}`, '--clear-groups', ...command]
    : command
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function userId(): number {
  // nobody: it always exists, and its number is the same everywhere in Debian.
  return 65_534
}

/** A temporary folder which belongs to whoever {@link asUser} runs. */
export function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `evergrant-${name}-`))
  if (isRoot()) chownSync(folder, userId(), userId())
  return folder
}
