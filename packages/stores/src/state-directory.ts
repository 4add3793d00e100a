import { posix, win32 } from 'node:path'

/** What decides where programs keep their state on this machine. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * The folder for token records where the caller names none: below `XDG_STATE_HOME` if that is set, else where the
 * platform keeps what programs remember.
 * @see XDG Base Directory Specification 0.8: relative paths are ignored
 */
export function stateDirectory({ platform, environment, home }: Machine): string {
  const paths = platform === 'win32' ? win32 : posix
  const chosen = (name: string): string | undefined => {
    const path = environment[name]
    return path !== undefined && paths.isAbsolute(path) ? path : undefined
  }
  const state = chosen('XDG_STATE_HOME')
  if (state !== undefined) return paths.join(state, 'evergrant', 'tokens')
  if (platform === 'win32') {
    return paths.join(chosen('LOCALAPPDATA') ?? paths.join(home, 'AppData', 'Local'), 'evergrant', 'tokens')
  }
  if (platform === 'darwin') return paths.join(home, 'Library', 'Application Support', 'evergrant', 'tokens')
  return paths.join(home, '.local', 'state', 'evergrant', 'tokens')
}
