import { describe, expect, test } from 'vitest'
import { cookieHeaderAfter } from './cookie-header.ts'
import type { CookieChange } from './cookie-header.ts'

const set = (name: string, value: string): CookieChange => ({ name, value, maxAge: 60 })
const removed = (name: string): CookieChange => ({ name, value: '', maxAge: 0 })

describe('the Cookie header after cookies were set', () => {
  test.each<[string, string | null, CookieChange[], string | undefined]>([
    ['replaces', 'a=1; b=2', [set('a', 'new')], 'b=2; a=new'],
    ['adds', 'b=2', [set('a', 'new')], 'b=2; a=new'],
    ['begins', null, [set('a', 'new')], 'a=new'],
    ['removes', 'a=1; b=2', [removed('a')], 'b=2'],
    ['may be gone', 'a=1', [removed('a')], undefined],
    ['replaces both of a cookie that comes twice', 'a=1; b=2; a=3', [set('a', 'new')], 'b=2; a=new'],
    ['keeps cookies whose names begin alike', 'a.1=x; aa=y; a=1', [set('a', 'new')], 'a.1=x; aa=y; a=new'],
    ['keeps what is no pair', 'odd; =x; a=1;', [removed('a')], 'odd; =x'],
    ['keeps values as they were sent', 'b="x=y%20z"', [set('a', '1.~-_')], 'b="x=y%20z"; a=1.~-_'],
    ['changes nothing without changes', 'a=1; b=2', [], 'a=1; b=2'],
    ['sets several', 'a=1; a.1=2; a.2=3', [set('a', 'x'), set('a.1', 'y'), removed('a.2')], 'a=x; a.1=y'],
  ])('F4 %s', (_, header, changes, expected) => {
    expect(cookieHeaderAfter(header, changes)).toBe(expected)
  })
})
