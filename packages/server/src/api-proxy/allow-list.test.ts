import { describe, expect, test } from 'vitest'
import { matchRequest, parseAllowList } from './allow-list.ts'

const allow = ['GET vehicles', 'GET vehicles/*', 'POST vehicles/*/commands', 'PUT vehicles/*', 'GET files/**']
const { allowed } = parseAllowList(allow)

describe('the list of allowed requests', () => {
  test.each([
    ['GET', 'vehicles', true, ['GET']],
    ['HEAD', 'vehicles', true, ['GET', 'HEAD']],
    ['GET', 'vehicles/7', true, ['GET']],
    ['PUT', 'vehicles/7', true, ['PUT']],
    ['DELETE', 'vehicles/7', false, ['GET', 'HEAD', 'PUT']],
    ['OPTIONS', 'vehicles/7', false, ['GET', 'HEAD', 'PUT']],
    ['POST', 'vehicles/7/commands', true, ['POST']],
    ['HEAD', 'vehicles/7/commands', false, ['POST']],
    ['GET', 'vehicles/7/commands', false, ['POST']],
    ['get', 'vehicles', false, ['GET', 'HEAD']],
    ['GET', 'Vehicles', false, []],
    ['GET', 'vehicles2', false, []],
    ['GET', 'vehicles/7/8', false, []],
    ['GET', 'files', false, []],
    ['GET', 'files/a', true, ['GET']],
    ['GET', 'files/a/b/c', true, ['GET']],
    ['GET', '*', false, []],
  ])('C67 %s %s is allowed: %s', (method, path, isAllowed, methods) => {
    expect(matchRequest(allowed, method, path.split('/'))).toEqual({ isAllowed, methods })
  })

  test('C67 ** alone opens every path, but none is not a path', () => {
    const everything = parseAllowList(['GET **']).allowed
    expect(matchRequest(everything, 'GET', ['a', 'b']).isAllowed).toBe(true)
    expect(matchRequest(everything, 'POST', ['a']).isAllowed).toBe(false)
  })
})

describe('an entry that cannot be meant', () => {
  test.each([
    ['GET a/../b', '"." or ".."'],
    ['GET a/./b', '"." or ".."'],
    ['GET a/%2e%2e/b', '"." or ".."'],
    ['GET a%2fb', 'encoded slash'],
    ['GET a%5Cb', 'encoded slash'],
    ['GET a\\b', 'backslash'],
    ['GET a//b', 'empty segment'],
    ['GET a/', 'empty segment'],
    ['GET a?b=c', 'path alone'],
    ['GET a#b', 'path alone'],
    ['get a', 'unknown method'],
    ['TRACE a', 'unknown method'],
    ['CONNECT a', 'unknown method'],
    ['OPTIONS a', 'unknown method'],
    ['GET a.', 'end with a dot'],
    ['GET a*', 'whole segment'],
    ['GET a/***', 'whole segment'],
    ['GET **/a', 'at the end only'],
    ['GET /a', 'begin with a slash'],
    ['GET  a', 'one space'],
    ['GET', 'one space'],
    ['a', 'one space'],
    [7 as never, 'one space'],
  ])('C67 %j is refused', (entry, sentence) => {
    const { problems } = parseAllowList([entry])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(sentence)
    expect(problems[0]).toContain(JSON.stringify(entry))
  })

  test('all of them are named at once, and an empty list is one', () => {
    expect(parseAllowList(['get a', 'GET b', 'GET c/']).problems).toHaveLength(2)
    expect(parseAllowList([]).problems).toHaveLength(1)
    expect(parseAllowList(undefined as never).problems).toHaveLength(1)
  })
})
