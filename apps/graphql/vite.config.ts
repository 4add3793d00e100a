import { pageBuild } from '@evergrant/page-kit/build'
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
  // Three GraphQL clients where an application has one.
  build: { ...pageBuild, chunkSizeWarningLimit: 700 },
})
export default config
