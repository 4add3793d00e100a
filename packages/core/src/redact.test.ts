import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { cleanServerText, hideSecrets, redacted, showEndpoint } from './redact.ts'

describe('hidden secrets', () => {
  const hidden = (): { token: string; name: string } =>
    hideSecrets({ token: 'fake-token', name: 'visible' }, () => ({ name: 'visible' }))

  test('C86 show in nothing that prints', () => {
    const target = hidden()
    const shown = [
      JSON.stringify(target),
      JSON.stringify([{ target }]),
      inspect(target),
      inspect({ deep: [target] }),
    ]
    for (const text of shown) {
      expect(text).not.toContain('fake-token')
      expect(text).toContain('visible')
    }
  })

  test('can be read by whoever holds the object, and add no member', () => {
    expect(hidden().token).toBe('fake-token')
    expect(Object.keys(hidden())).toEqual(['token', 'name'])
    expect(Reflect.ownKeys({ ...hidden() })).toEqual(['token', 'name'])
  })

  test('replace a member that is called toJSON, and a spread does not carry the replacement along', () => {
    const target = hideSecrets({ token: 'fake-token', toJSON: 'text' }, () => redacted)
    expect(JSON.stringify(target)).toBe('"[redacted]"')
    expect(JSON.stringify({ ...target })).toBe('{"token":"fake-token"}')
  })
})

describe("a server's own words", () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a number', 42],
    ['an object', { toString: () => 'fake' }],
  ])('are absent if they are %s', (_title, text) => {
    expect(cleanServerText(text, [])).toBeUndefined()
  })

  test('C28 lose a secret that legacy Spring echoes', () => {
    const text = 'Invalid refresh token: fake-refresh-1'
    expect(cleanServerText(text, ['fake-refresh-1'])).toBe('Invalid refresh token: [redacted]')
  })

  test.each([
    ['as it is', 'fake s£cret/+"%'],
    ['as a form writes it', 'fake+s%C2%A3cret%2F%2B%22%25'],
    ['as a form with %20 writes it', 'fake%20s%C2%A3cret%2F%2B%22%25'],
    ['as a URL writes it', encodeURIComponent('fake s£cret/+"%')],
    ['as JSON writes it', String.raw`fake s£cret/+\"%`],
  ])('C28 lose a secret %s', (_title, echo) => {
    const clean = cleanServerText(`before ${echo}${echo} after`, ['fake s£cret/+"%'])
    expect(clean).toBe(`before ${redacted}${redacted} after`)
  })

  test('C28 lose a secret that begins with another secret, in either order', () => {
    const secrets = ['fake', 'fake-secret-2']
    for (const order of [secrets, secrets.toReversed()]) {
      expect(cleanServerText('no fake-secret-2, no fake', order)).toBe(`no ${redacted}, no ${redacted}`)
    }
  })

  test('C28 treat a secret as text, never as a pattern, and an empty one as none', () => {
    expect(cleanServerText('a.c abc $& (x', ['a.c', '', '(x', '$&'])).toBe(
      `${redacted} abc ${redacted} ${redacted}`,
    )
  })

  test('C28 survive a secret that is no well-formed text', () => {
    expect(cleanServerText('half \uD800 of it', ['\uD800'])).toBe(`half ${redacted} of it`)
  })

  test('C28 lose control characters', () => {
    expect(cleanServerText('a\r\nSet-Cookie: x\0\u001B[31mred\u2028\u0085b\t', [])).toBe(
      'a Set-Cookie: x [31mred b',
    )
  })

  test('C28 are cut to 1 kB, after the secrets are gone', () => {
    expect(cleanServerText('x'.repeat(5000), [])).toHaveLength(1024)
    const clean = cleanServerText(`${'x'.repeat(1020)}fake-secret`, ['fake-secret'])
    expect(clean).toBe(`${'x'.repeat(1020)}[red`)
  })
})

test.each([
  ['https://auth.example.test/token', 'https://auth.example.test/token'],
  [
    'https://user:fake-password@auth.example.test:8443/a/b?password=fake-password#fake',
    'https://auth.example.test:8443/a/b',
  ],
  ['https://auth.example.test', 'https://auth.example.test/'],
  ['not a URL: fake-password', 'an invalid URL'],
  ['', 'an invalid URL'],
])('C3 F25 the endpoint %s is shown as %s', (url, shown) => {
  expect(showEndpoint(url)).toBe(shown)
  if (URL.canParse(url)) expect(showEndpoint(new URL(url))).toBe(shown)
})
