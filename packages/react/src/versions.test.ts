import { version } from 'react'
import { version as domVersion } from 'react-dom'
import { expect, test } from 'vitest'

test('these tests run with the React that they are said to run with', () => {
  expect([version.split('.')[0], domVersion]).toEqual([process.env['REACT_MAJOR'], version])
})
