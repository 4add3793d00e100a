import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspacePackages } from './workspace.ts'

/** One TypeScript example of a README. */
export interface Example {
  /** The README's path and the number of the block in it: `packages/core/README.md#1`. */
  readonly name: string
  readonly code: string
}

/** The TypeScript blocks of the root README and of every package's. */
export function readmeExamples(): readonly Example[] {
  const root = join(import.meta.dirname, '../..')
  const files = ['README.md', ...workspacePackages().map(({ path }) => join(path, 'README.md'))]
  return files
    .filter(file => existsSync(join(root, file)))
    .flatMap(file => {
      const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^```ts\n([^]*?)^```$/gm)
      return [...blocks].map((match, index) => ({ name: `${file}#${index + 1}`, code: match[1] ?? '' }))
    })
}
