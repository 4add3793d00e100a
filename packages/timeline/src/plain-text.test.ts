import { describe, expect, test } from 'vitest'
import { plainText } from './plain-text.ts'

describe('a sentence of somebody else', () => {
  test.each([
    ['a UUID', 'Invalid refresh token: 8f14e45f-ceea-467f-a0b8-1c2d3e4f5a6b', 'Invalid refresh token: …'],
    ['a UUID in capitals', 'Bad 8F14E45F-CEEA-467F-A0B8-1C2D3E4F5A6B!', 'Bad …!'],
    [
      'a form field',
      'sent client_secret=abcdef&grant_type=password',
      'sent client_secret=…&grant_type=password',
    ],
    ['a password', 'for user=ann password=hunter2, sorry', 'for user=ann password=…, sorry'],
    ['a token', 'access_token=short and refresh_token = other', 'access_token=… and refresh_token = …'],
    ['a key', 'X-Api-Key=k1', 'X-Api-Key=…'],
    [
      'JSON',
      '{"password":"hunter 2","client_secret": "s","id":7}',
      '{"password":…,"client_secret": …,"id":7}',
    ],
    ['JSON that is cut', '{"password":"hunter 2', '{"password":…'],
    ['quotes', `token='a b' end`, 'token=… end'],
    ['a zero-width space in a JWT', 'Bearer eyJhbGci\u200BOiJub25lIn0.eyJzdWIiOiJmIn0.c2ln', 'Bearer …'],
    ['a soft hyphen in an opaque token', '0123456789ab\u00ADcdef0123456789', '…'],
    ['an invisible joint in a name', 'pass\u2060word=hunter2', 'password=…'],
  ])('shows nothing of %s', (_, text, shown) => {
    expect(plainText(text)).toBe(shown)
  })

  test.each([
    'The refresh token: the server no longer accepts it.',
    'https://auth.example.com/oauth/token answered 400 invalid_client (client_secret_basic).',
    'Set TRUPHONE_CLIENT_SECRET, or pass clientSecret.',
    'The key "a:b" is taken; 3 tokens and 2 passwords are left.',
  ])('that names no secret stays as it is: %s', text => {
    expect(plainText(text)).toBe(text)
  })

  test('is one line without what a terminal obeys', () => {
    expect(plainText(' a\r\nb\u001B[2J\u2028c\u202Ed ')).toBe('a b [2J cd')
  })
})
