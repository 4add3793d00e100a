import { programSuite } from '@evergrant/page-kit/suites'
import { runDemo } from './run.ts'

programSuite({
  main: new URL('main.ts', import.meta.url),
  greeting: 'Both providers are emulated.',
  title: 'Two modes, side by side',
  runDemo,
})
