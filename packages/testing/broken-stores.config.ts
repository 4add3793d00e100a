import { defineConfig } from 'vitest/config'

// Runs the store suite on stores with a fault each, for describe-token-store.e2e.test.ts.
export default defineConfig({
  test: { include: ['src/token-store-suite/broken-stores.run.test-support.ts'] },
})
