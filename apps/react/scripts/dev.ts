// The page by Vite's development server, and behind it the demo's own server with an emulator.
import { fileURLToPath } from 'node:url'
import { serveSources } from '@evergrant/page-kit/build'
import { runDemo } from '../src/run.ts'

await serveSources(fileURLToPath(new URL('..', import.meta.url)), runDemo)
