import { expect, test } from 'vitest'
import { overview } from './overview.ts'

test('the overview is a table with the addresses below each other', () => {
  const listings = [
    { url: 'http://127.0.0.1:3000', title: 'Gateway', what: 'five APIs' },
    { url: 'http://127.0.0.1:41234', title: 'Fleet dashboard', what: 'customers' },
  ]
  expect(overview(listings, 'All providers are emulated.')).toBe(
    `
  Gateway          http://127.0.0.1:3000   five APIs
  Fleet dashboard  http://127.0.0.1:41234  customers

All providers are emulated. Ctrl-C ends everything.
`,
  )
})
