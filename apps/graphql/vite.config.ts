import { defineConfig } from 'vite'
import type { UserConfig } from 'vite'

// Our packages are tested with graphql 17; graphql-request wants 16, and a page has one of each.
const single = [
  '@apollo/client',
  '@urql/core',
  '@urql/exchange-auth',
  'graphql',
  'graphql-sse',
  'graphql-ws',
  'react',
  'rxjs',
]

const config: UserConfig = defineConfig({
  resolve: { dedupe: single },
  build: {
    outDir: 'dist/page',
    emptyOutDir: true,
    // A data URL would need a wider policy than 'self'.
    assetsInlineLimit: 0,
    // Three GraphQL clients where an application has one.
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      onLog: (level, log, next) => {
        // 'use client' means nothing here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') next(level, log)
      },
    },
  },
})
export default config
