import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// As the root's, and every unit test runs with both versions of React.
const conditions = ['evergrant-src', 'module', 'node', 'development|production']
const ssr = { resolve: { conditions } }
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const everywhere = [here('../testing/src/no-network.ts'), here('src/dom.test-support.ts')]

const unitTests = (major: number, setupFiles: string[], alias: { find: RegExp; replacement: string }[]) => ({
  resolve: { conditions, alias },
  ssr,
  test: {
    name: `react ${major}`,
    env: { REACT_MAJOR: String(major) },
    include: ['src/**/*.test.{ts,tsx}'],
    exclude: ['src/**/*.e2e.test.ts'],
    setupFiles: [...setupFiles, ...everywhere],
  },
})

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/test.json' },
    projects: [
      unitTests(19, [], []),
      unitTests(
        18,
        [here('src/react18.test-support.ts')],
        [{ find: /^(react|react-dom)(?=$|\/)/, replacement: '$118' }],
      ),
      {
        resolve: { conditions },
        ssr,
        test: { name: 'e2e', include: ['src/**/*.e2e.test.ts'], testTimeout: 30_000 },
      },
    ],
  },
})
