import { describe, expect, test } from 'vitest'
import { isConfigurationError } from './errors/configuration-error.ts'
import { isOriginNotAllowedError } from './errors/origin-not-allowed-error.ts'
import { resolveUrl } from './resource.ts'
import { thrown } from './units.test-support.ts'

const resource = {
  origins: ['https://api.example.test', 'https://files.example.test:8443'],
  baseUrl: 'https://api.example.test/v1/',
}

describe('a URL within the allowed origins', () => {
  test.each([
    ['things', 'https://api.example.test/v1/things'],
    ['/things', 'https://api.example.test/v1/things'],
    ['./things', 'https://api.example.test/v1/things'],
    ['things?a=1&b=2', 'https://api.example.test/v1/things?a=1&b=2'],
    ['?a=1', 'https://api.example.test/v1/?a=1'],
    ['', 'https://api.example.test/v1/'],
    ['/', 'https://api.example.test/v1/'],
    ['a/../b', 'https://api.example.test/v1/b'],
    ['a%2Fb', 'https://api.example.test/v1/a%2Fb'],
    ['things/a:b', 'https://api.example.test/v1/things/a:b'],
    ['https://api.example.test/elsewhere', 'https://api.example.test/elsewhere'],
    ['HTTPS://API.EXAMPLE.TEST/x', 'https://api.example.test/x'],
    ['https://api.example.test:443/x', 'https://api.example.test/x'],
    ['https://files.example.test:8443/x', 'https://files.example.test:8443/x'],
    ['//files.example.test:8443/x', 'https://files.example.test:8443/x'],
  ])('C39 %j resolves to %s', (input, href) => {
    expect(resolveUrl(resource, input, 'example').href).toBe(href)
  })

  test('may be a URL object', () => {
    expect(resolveUrl(resource, new URL('https://api.example.test/v1/x'), 'example').href).toBe(
      'https://api.example.test/v1/x',
    )
  })

  test('resolves below a base with or without its trailing slash', () => {
    for (const baseUrl of ['https://api.example.test/v1', 'https://api.example.test/v1/']) {
      expect(resolveUrl({ ...resource, baseUrl }, '/things', 'example').href).toBe(
        'https://api.example.test/v1/things',
      )
    }
  })

  test('matches an origin that was configured with its trailing slash or in capitals', () => {
    const origins = ['https://API.example.test/']
    expect(resolveUrl({ ...resource, origins }, 'x', 'example').href).toBe('https://api.example.test/v1/x')
  })
})

describe('a URL that leaves the allowed origins', () => {
  test.each([
    'https://evil.example.test/',
    'https://api.example.test.evil.test/',
    'https://evil.test/https://api.example.test/',
    'http://api.example.test/v1/things',
    'https://api.example.test:8443/',
    'https://files.example.test/',
    'wss://api.example.test/',
    '//evil.test/x',
    '///evil.test/x',
    '/\\evil.test/x',
    '\\\\evil.test/x',
    '\\/evil.test/x',
    '/\t/evil.test/x',
    '\t//evil.test/x',
    '/\n\\evil.test',
    'https:evil.test',
    'https:\\\\evil.test',
    'https://api.example.test@evil.test/',
    'https://api.example.test\\@evil.test/'.replace('\\@', '%5C@'),
    'javascript:alert(1)',
    'data:text/plain,x',
    'file:///etc/passwd',
    'things:batch',
  ])('C38 C39 %j is refused before anything is sent', input => {
    const error = thrown(() => resolveUrl(resource, input, 'example'))
    expect(isOriginNotAllowedError(error) && error.message).toContain('Nothing was sent')
  })

  test.each([
    '../admin',
    '/../admin',
    '..',
    'a/../../admin',
    '%2e%2e/admin',
    '.%2E/admin',
    '..\\admin',
    '/..\\..\\admin',
  ])('C39 %j is refused because it leaves the base', input => {
    const error = thrown(() => resolveUrl(resource, input, 'example'))
    expect(isOriginNotAllowedError(error) && error.message).toContain(
      'below https://api.example.test/v1/ only',
    )
  })

  test('a base is no prefix of names that begin alike', () => {
    const base = { ...resource, baseUrl: 'https://api.example.test/v1' }
    expect(isOriginNotAllowedError(thrown(() => resolveUrl(base, '../v1-internal/x', 'example')))).toBe(true)
  })

  test('a base outside the allowed origins leads nowhere', () => {
    const base = { ...resource, baseUrl: 'https://other.example.test/' }
    expect(isOriginNotAllowedError(thrown(() => resolveUrl(base, 'x', 'example')))).toBe(true)
  })

  test.each(['https://fake-user:fake-password@api.example.test/x', 'https://fake-user@api.example.test/x'])(
    'C86 %s is refused without showing whom it names',
    input => {
      const error = thrown(() => resolveUrl(resource, input, 'example'))
      expect(isOriginNotAllowedError(error) && error.message).toMatch(/^(?!.*fake-).*Nothing was sent/)
    },
  )

  test('the message shows the origin and no query', () => {
    const error = thrown(() => resolveUrl(resource, 'https://evil.test/x?token=fake-token', 'example'))
    expect(isOriginNotAllowedError(error) && error.message).toMatch(/^(?!.*fake-).*https:\/\/evil\.test\./)
  })
})

describe('a resource that is not configured', () => {
  test('sends nothing anywhere, and says what to configure in the words of the provider', () => {
    const missing = 'Pass apiUrl.'
    for (const input of ['x', 'https://api.example.test/x']) {
      const error = thrown(() => resolveUrl({ origins: [], missing }, input, 'example'))
      expect(isConfigurationError(error) && error.problems).toEqual([missing])
    }
    expect(isConfigurationError(thrown(() => resolveUrl({ origins: [] }, 'x', 'example')))).toBe(true)
  })

  test('with origins and no base takes absolute URLs only', () => {
    const { origins } = resource
    expect(resolveUrl({ origins }, 'https://api.example.test/x', 'example').href).toBe(
      'https://api.example.test/x',
    )
    const error = thrown(() => resolveUrl({ origins }, '/x', 'example'))
    expect(isConfigurationError(error) && error.message).toContain('relative URL')
  })

  test('an origin that is no URL allows nothing', () => {
    const error = thrown(() => resolveUrl({ ...resource, origins: ['api.example.test'] }, 'x', 'example'))
    expect(isOriginNotAllowedError(error)).toBe(true)
  })
})
