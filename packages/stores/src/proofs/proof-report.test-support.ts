import { appendFileSync } from 'node:fs'

const path = process.env['EVERGRANT_REPORT']

/** Adds a table to the Markdown report of a long run. Without EVERGRANT_REPORT, the path of that report, does nothing. */
export function reportTable(
  title: string,
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  if (path === undefined) return
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
  const table = [line(headers), line(headers.map(() => '---')), ...rows.map(line)]
  // One call, so that tables of several processes do not mix.
  appendFileSync(path, `### ${title}\n\n${table.join('\n')}\n\n`)
}
