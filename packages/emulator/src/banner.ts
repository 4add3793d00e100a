import type { Emulator } from './emulator.ts'
import { overview } from './overview.ts'

/** Returns what the command line shows once the server listens: where it is, and a table of fake credentials. */
export function banner(emulator: Emulator, url: string): string {
  const sections = overview(emulator, url).map(({ name, base, endpoints, credentials }) => {
    const rows: (readonly [string, string])[] = [
      ['base', base],
      ['token endpoint', endpoints['tokenEndpoint'] ?? ''],
      ['API', endpoints['apiUrl'] ?? ''],
      ...credentialRows(credentials),
    ]
    const width = Math.max(...rows.map(([label]) => label.length))
    return [name, ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)].join('\n')
  })
  return [`Evergrant emulator: ${url}`, ...sections, 'Every credential is fake. Ctrl-C stops.'].join('\n\n')
}

/** One row for each set of credentials: its path in the object, and its members. */
function credentialRows(credentials: unknown, path = ''): (readonly [string, string])[] {
  if (typeof credentials !== 'object' || credentials === null) return []
  const members = Object.entries(credentials)
  const own = members.flatMap(([name, value]) =>
    typeof value === 'string' ? [`${name}=${quoted(value)}`] : [],
  )
  const nested = members.flatMap(([name, value]) =>
    credentialRows(value, path === '' ? name : `${path}.${name}`),
  )
  return own.length === 0 ? nested : [[path === '' ? 'credentials' : path, own.join('  ')], ...nested]
}

/** Quotes a value in which a space would look like its end. */
function quoted(value: string): string {
  return value.includes(' ') ? JSON.stringify(value) : value
}
