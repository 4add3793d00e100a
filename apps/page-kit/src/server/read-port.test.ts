import { expect, test } from 'vitest'
import { readPort } from './read-port.ts'

test.each([
  [undefined, 3000],
  ['', 3000],
  ['0', 0],
  ['65535', 65_535],
])('the PORT %j is %d', (text, port) => {
  expect(readPort(text)).toBe(port)
})

test.each(['65536', '-1', '3000 ', '1e3', 'abc'])('a PORT of %j is told to be none', text => {
  expect(() => readPort(text)).toThrow(`PORT must be a whole number from 0 to 65535, not "${text}".`)
})
