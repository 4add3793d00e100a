import { describe, expect, test } from 'vitest'
import { requestTargetProblem } from './request-target.ts'

describe('the target of a request', () => {
  test.each(['/', '/a/b.c?d=/../e', '/a..b', '/...', '/a%20b', '//a', '/.well-known/x'])(
    '%s is taken',
    target => {
      expect(requestTargetProblem(target, 'app.example:8080')).toBeUndefined()
    },
  )

  test.each([
    'http://app.example/a',
    'https://evil.example/',
    'app.example:443',
    '*',
    '',
    '/a/../b',
    '/..',
    '/a/./b',
    '/a/%2e%2E/b',
    '/a/.%2e?x',
    '/a\\..\\b',
    '/a#/../b',
    '/a b',
    '/a\tb',
    '/é',
  ])('C67 %j is refused', target => {
    expect(requestTargetProblem(target, 'app.example')).toMatch(/\.$/)
  })

  test.each(['app.example/path', 'a@b', 'a b', 'app.example?x', 'app.example:port', '', 'a,b'])(
    'C67 "Host: %s" is refused',
    host => {
      expect(requestTargetProblem('/', host)).toBe('The Host header is malformed.')
    },
  )

  test.each(['[::1]:3000', 'localhost', 'my_host', undefined])('"Host: %s" is taken', host => {
    expect(requestTargetProblem('/', host)).toBeUndefined()
  })
})
