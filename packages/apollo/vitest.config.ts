import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// As the root's, and the tests of GraphQL itself run with both versions of it.
const conditions = ['evergrant-src', 'module', 'node', 'development|production']
const ssr = { resolve: { conditions } }
const guard = fileURLToPath(new URL('../testing/src/no-network.ts', import.meta.url))
const graphql16 = fileURLToPath(new URL('node_modules/graphql16', import.meta.url))

const unitTests = (major: number, alias: { find: RegExp; replacement: string }[]) => ({
  resolve: { conditions, alias },
  ssr,
  test: {
    name: `graphql ${major}`,
    env: { GRAPHQL_MAJOR: String(major) },
    include: ['src/**/*.test.ts'],
    exclude: ['src/**/*.e2e.test.ts'],
    setupFiles: [guard],
    // Only what vite itself loads can get the other version.
    server: { deps: { inline: [/@apollo\/client/, /graphql-tag/, /graphql-ws/, /graphql-sse/] } },
  },
})

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/test.json' },
    projects: [
      unitTests(17, []),
      unitTests(16, [{ find: /^graphql(?=$|\/)/, replacement: graphql16 }]),
      {
        resolve: { conditions },
        ssr,
        test: { name: 'e2e', include: ['src/**/*.e2e.test.ts'], testTimeout: 30_000 },
      },
    ],
  },
})
