import { programSuite } from '@evergrant/page-kit/suites'
import { runDemo } from './run.ts'

programSuite({
  main: new URL('main.ts', import.meta.url),
  greeting: 'All providers are emulated, and access tokens live for 30 seconds.',
  title: 'One GraphQL page, three clients',
  runDemo,
})
