// Builds the page into dist/page.
import { fileURLToPath } from 'node:url'
import { buildPage } from './page-builder.ts'

await buildPage({ outDir: fileURLToPath(new URL('../dist/page', import.meta.url)), mode: 'production' })
