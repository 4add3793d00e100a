// Builds the page into dist/page.
import { fileURLToPath } from 'node:url'
import { buildPage } from '@evergrant/page-kit/build'

const root = fileURLToPath(new URL('..', import.meta.url))
await buildPage({ root, outDir: `${root}dist/page`, mode: 'production' })
