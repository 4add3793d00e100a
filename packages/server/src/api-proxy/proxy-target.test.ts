import { describe, expect, test } from 'vitest'
import { targetBase, targetProblems, targetUrl } from './proxy-target.ts'

describe('a target', () => {
  test.each([
    'https://api.example.com',
    'https://api.example.com/v1/',
    'http://localhost:4010/v1',
    'http://127.0.0.1/',
    'http://[::1]:80/',
  ])('C67 %s can be used', target => {
    expect(targetProblems(target)).toEqual([])
  })

  test.each([
    ['/v1', 'absolute'],
    ['ftp://api.example.com', 'absolute'],
    ['', 'absolute'],
    [undefined, 'absolute'],
    ['https://name:fake-secret@api.example.com', 'user name'],
    ['https://api.example.com/?a=b', 'query'],
    ['https://api.example.com/?', 'query'],
    ['https://api.example.com/#a', 'fragment'],
    ['http://api.example.com/', 'https'],
  ])('C67 %s is refused in one sentence', (target, sentence) => {
    const problems = targetProblems(target)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(sentence)
    expect(problems[0]).not.toContain('fake-secret')
  })

  test('every fault is named', () => {
    expect(targetProblems('http://a:b@api.example.com/?a#b')).toHaveLength(4)
  })
})

describe('the URL of a request', () => {
  const base = targetBase('https://api.example.com/v1')

  test('C67 is the path appended to the base', () => {
    expect(targetUrl(base, 'vehicles/7', '?a=b')).toBe('https://api.example.com/v1/vehicles/7?a=b')
    expect(targetUrl(base, '@evil.example', '')).toBe('https://api.example.com/v1/@evil.example')
    expect(targetUrl(base, '/evil.example', '')).toBe('https://api.example.com/v1//evil.example')
    expect(targetUrl(base, 'https:evil.example', '')).toBe('https://api.example.com/v1/https:evil.example')
  })

  test.each(['../admin', '..', 'a/../../admin', '%2e%2e/admin', '..\\admin', '\t../admin', '.\n./admin'])(
    'C67 %j that leaves the base is not built, whatever was checked before',
    path => {
      expect(targetUrl(base, path, '')).toBeUndefined()
    },
  )
})
