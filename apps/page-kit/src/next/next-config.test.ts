import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nextConfig } from './next-config.ts'

test('Next looks for our packages in the whole repository', () => {
  expect(existsSync(join(nextConfig.turbopack.root, 'pnpm-workspace.yaml'))).toBe(true)
})

test('every answer of Next keeps other sites out', async () => {
  const [rule, ...others] = await nextConfig.headers()
  expect(others).toEqual([])
  expect(rule?.source).toBe('/:path*')
  expect(rule?.headers).toContainEqual({ key: 'X-Frame-Options', value: 'DENY' })
})
