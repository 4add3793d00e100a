import { describe, expect, test } from 'vitest'
import { readProxiedPath } from './proxied-path.ts'

const read = (path: string, prefix = '/api/fleet'): unknown =>
  readProxiedPath(`https://app.example${path}`, prefix)

describe('the path below the proxy', () => {
  test.each([
    ['/api/fleet/vehicles', 'vehicles', ''],
    ['/api/fleet/vehicles/7?page=2&x=%2F..', 'vehicles/7', '?page=2&x=%2F..'],
    ['/api/fleet/vehicles#part', 'vehicles', ''],
    ['/api/fleet/a%20b/%C3%A9?', 'a%20b/%C3%A9', '?'],
    ['/api/fleet/file.tar.gz', 'file.tar.gz', ''],
    ['/api/fleet/.well-known/x', '.well-known/x', ''],
    ['/api/fleet/a;v=1', 'a;v=1', ''],
    ['/api/fleet/a:b@c', 'a:b@c', ''],
    ['/api/fleet/100%25', '100%25', ''],
  ])('C67 %s is read as it was sent', (url, path, search) => {
    expect(read(url)).toEqual({ path, segments: path.split('/'), search })
  })

  test.each(['/api/fleet', '/api/fleets/vehicles', '/api', '/', '/API/fleet/vehicles', ''])(
    'C67 %j lies elsewhere',
    url => {
      expect(read(url)).toBeUndefined()
    },
  )

  test('C67 without a prefix the proxy lives at the root', () => {
    expect(read('/vehicles', '')).toMatchObject({ path: 'vehicles' })
  })

  test.each([
    ['a%2fb', 'encoded slash'],
    ['a%2Fb', 'encoded slash'],
    ['..%2fadmin', 'encoded slash'],
    ['a%5cb', 'encoded slash'],
    ['a\\b', 'encoded slash'],
    ['a%252fb', 'encoded twice'],
    ['%252e%252e', 'encoded twice'],
    ['a/../b', '".."'],
    ['a/%2e%2E/b', '".."'],
    ['a/.%2e', '".."'],
    ['.', '".."'],
    ['a/..;/b', '".."'],
    ['a/..%3bx/b', '".."'],
    ['a/;x/b', '".."'],
    ['a//b', 'empty segment'],
    ['', 'empty segment'],
    ['a/', 'empty segment'],
    ['a%00', 'control'],
    ['a%0d%0ab', 'control'],
    ['a%7f', 'control'],
    ['a%C2%85', 'control'],
    ['a.', 'dot or a space'],
    ['a...', 'dot or a space'],
    ['a%2e', 'dot or a space'],
    ['a%20', 'dot or a space'],
    ['a.;x', 'dot or a space'],
    ['a%', 'percent sign'],
    ['a%zz', 'percent sign'],
    ['%c0%ae%c0%ae', 'percent sign'],
  ])('C67 %s is refused with 400', (path, sentence) => {
    const refusal = read(`/api/fleet/${path}`)
    expect(refusal).toMatchObject({ status: 400, code: 'path_refused' })
    expect((refusal as { message: string }).message).toContain(sentence)
  })

  test.each([
    '?access_token=x',
    '?a=b&access_token=',
    '?Access_Token=x',
    '?acc%65ss_token=x',
    '?a=%2&access_token',
  ])('C32 %s is refused with 400', search => {
    expect(read(`/api/fleet/a${search}`)).toMatchObject({ status: 400, code: 'access_token_in_query' })
  })

  test('C32 a value that reads access_token is none', () => {
    expect(read('/api/fleet/a?sort=access_token')).toMatchObject({ path: 'a' })
  })
})
