import { describe, expect, test } from 'vitest'
import { prefixOfRoute } from './prefix-of-route.ts'
import type { RouteParams } from './prefix-of-route.ts'

const site = 'https://app.test'

describe('the path that a catch-all route lives below', () => {
  test.each<[string, string, RouteParams, string]>([
    ['one segment', '/api/travis/vehicles', { path: ['vehicles'] }, '/api/travis'],
    ['several segments', '/api/travis/vehicles/7', { path: ['vehicles', '7'] }, '/api/travis'],
    ['a query', '/api/travis/vehicles?page=/1/2', { path: ['vehicles'] }, '/api/travis'],
    ['a slash at the end', '/api/travis/vehicles/', { path: ['vehicles'] }, '/api/travis'],
    ['another parameter before it', '/t1/api/v/7', { tenant: 't1', path: ['v', '7'] }, '/t1/api'],
    ['a base path', '/base/api/v', { path: ['v'] }, '/base/api'],
    ['a rewritten path', '/fleet/v', { path: ['v'] }, '/fleet'],
    ['decoded parameters', '/api/a%20b', { path: ['a b'] }, '/api'],
    ['parameters as they were sent', '/api/a%20b', { path: ['a%20b'] }, '/api'],
    ['an encoded slash, which stays one segment', '/api/a%2Fb', { path: ['a/b'] }, '/api'],
  ])('is found with %s', (_, path, params, prefix) => {
    expect(prefixOfRoute(site + path, params)).toBe(prefix)
  })

  test.each<[string, string, RouteParams]>([
    ['the parameters are others than the path says', '/api/travis/b', { path: ['a', 'b'] }],
    ['there are more parameters than segments', '/b', { path: ['a', 'b', 'c'] }],
    ['the path is the root', '/', { path: ['a'] }],
    ['a segment cannot be decoded', '/api/%E0%A4', { path: ['a'] }],
    ['an optional route caught nothing', '/api/travis', {}],
  ])('is the whole path, below which nothing lies, where %s', (_, path, params) => {
    expect(prefixOfRoute(site + path, params)).toBe(path)
  })
})
