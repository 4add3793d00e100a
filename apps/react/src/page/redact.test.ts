import { expect, test } from 'vitest'
import { redact } from './redact.ts'

test.each([
  ['eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.fake', 'eyJh…fake'],
  ['fake-token-of-23-letters', 'fake…ters'],
  ['too-short-for-its-end', 'too-…'],
])('%s is shown as %s', (token, shown) => {
  expect(redact(token)).toBe(shown)
})
