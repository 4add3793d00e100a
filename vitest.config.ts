import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Run once per package (`--root .`). Tests resolve workspace packages to their sources, so nothing needs a build.
const conditions = ['evergrant-src', 'module', 'node', 'development|production']
const resolve = { conditions }
const ssr = { resolve: { conditions } }
const guard = fileURLToPath(new URL('packages/testing/src/no-network.ts', import.meta.url))

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/test.json' },
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          exclude: ['src/**/*.e2e.test.ts'],
          setupFiles: [guard],
          typecheck: { enabled: false },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['src/**/*.e2e.test.ts'],
          testTimeout: 30_000,
          // A browser beside a server on a loaded machine needs more than the default second.
          expect: { poll: { timeout: 5000 } },
          // Browsers and servers share two cores there. What fails twice is a fault; what fails once is printed.
          retry: process.env['CI'] === undefined ? 0 : 1,
        },
      },
    ],
  },
})
