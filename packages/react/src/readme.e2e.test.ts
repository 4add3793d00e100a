import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const directory = mkdtempSync(join(root, '.examples-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('the examples of the README compile', () => {
  const [example] = [...readme.matchAll(/^```tsx\n([^]*?)^```$/gm)].map(match => match[1] ?? '')
  const prelude =
    "declare module '@evergrant/react' { interface Register { tokens: { travis: BrowserTokens } } }"
  expect(readme).toContain(prelude)
  writeFileSync(join(directory, 'example.tsx'), example ?? '')
  const recipe = /`(useSWR\(.*\))`/.exec(readme)?.[1]
  const swr = `import type { BrowserTokens } from '@evergrant/browser'
import { useAccessToken } from '@evergrant/react'
import useSWR from 'swr'
${prelude}
export function useVehicles() {
  const { signInId, fetch } = useAccessToken('travis')
  return ${recipe}
}`
  writeFileSync(join(directory, 'swr.ts'), swr)
  const compilerOptions = { isolatedDeclarations: false, declaration: false }
  const files = ['example.tsx', 'swr.ts']
  const project = { extends: '../tsconfig.json', compilerOptions, include: [], files }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(project))
  expect(spawnSync('tsc', ['-p', directory], { encoding: 'utf8' }).stdout).toBe('')
})

test('the README has at most sixty lines', () => {
  expect(readme.trim().split('\n').length).toBeLessThanOrEqual(60)
})
