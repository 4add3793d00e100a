// Measures what our packages cost, and peers beside them, and writes docs/sizes.md.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleSize } from './bundle-size.ts'
import { bundledPrograms, peers } from './bundled-programs.ts'

const cells = (bytes: number | undefined): string => (bytes === undefined ? '–' : (bytes / 1000).toFixed(2))

const ours: string[] = []
for (const program of bundledPrograms) {
  const bytes = await bundleSize(program)
  ours.push(`| ${program.title} | ${cells(program.budgetBytes)} | ${cells(bytes)} |`)
}
const theirs: string[] = []
for (const peer of peers)
  theirs.push(`| ${peer.title} | ${cells(await bundleSize({ ...peer, limitBytes: 0 }))} |`)

const text = `# Sizes

In kB (1000 bytes), minified by rolldown and compressed with brotli. What the application has anyway (React, Apollo Client,
urql, axios, graphql) is not counted. Every build checks that nothing grows by more than 3 %; \`npm run sizes\` in
\`scripts\` writes this page.

| Ours | Budget | Size |
| --- | ---: | ---: |
${ours.join('\n')}

Two budgets are missed by far, and the reasons are functions. The engine is 88 kB of code before compression: claims, lineage,
back-off, identities, stores and their faults, each with a test that needs it; \`oauth4webapi\` is a sixth of it. In the page,
tabs that agree, back-off, sessions and errors that say what to do are 7 kB, and holding tokens is another three. The
four adapters keep their budgets alone; with the waist three of them exceed it. The waist is what they share with
\`@evergrant/browser\`: a page with both has it once.

| Others | Size |
| --- | ---: |
${theirs.join('\n')}
`
writeFileSync(join(import.meta.dirname, '../../docs/sizes.md'), text)
process.stdout.write(text)
