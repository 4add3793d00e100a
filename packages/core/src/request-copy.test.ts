import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { isReplayable } from './request-copy.ts'

test.each<[string, unknown, boolean]>([
  ['nothing', undefined, true],
  ['null', null, true],
  ['a string', 'text', true],
  ['an empty string', '', true],
  ['bytes', Buffer.from('text'), true],
  ['a buffer', new ArrayBuffer(3), true],
  ['parameters', new URLSearchParams('a=1'), true],
  ['a form', new FormData(), true],
  ['a blob', new Blob(['text']), true],
  ['a web stream', new Blob(['text']).stream(), false],
  ['a stream, as the form-data package is', Readable.from(['text']), false],
  ['something unknown', { text: 'text' }, false],
])('C37 can be sent again or not: %s', (_, data, expected) => {
  expect(isReplayable(data)).toBe(expected)
})
