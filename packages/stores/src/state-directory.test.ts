import { describe, expect, test } from 'vitest'
import { stateDirectory } from './state-directory.ts'

const rows = [
  ['linux', {}, '/home/ana', '/home/ana/.local/state/evergrant/tokens'],
  ['linux', { XDG_STATE_HOME: '/state' }, '/home/ana', '/state/evergrant/tokens'],
  ['linux', { XDG_STATE_HOME: 'state' }, '/home/ana', '/home/ana/.local/state/evergrant/tokens'],
  ['linux', { XDG_STATE_HOME: '' }, '/home/ana', '/home/ana/.local/state/evergrant/tokens'],
  ['darwin', {}, '/Users/ana', '/Users/ana/Library/Application Support/evergrant/tokens'],
  ['darwin', { XDG_STATE_HOME: '/state' }, '/Users/ana', '/state/evergrant/tokens'],
  ['win32', {}, String.raw`C:\Users\Ana`, String.raw`C:\Users\Ana\AppData\Local\evergrant\tokens`],
  [
    'win32',
    { LOCALAPPDATA: String.raw`D:\Local` },
    String.raw`C:\Users\Ana`,
    String.raw`D:\Local\evergrant\tokens`,
  ],
  [
    'win32',
    { LOCALAPPDATA: 'Local' },
    String.raw`C:\Users\Ana`,
    String.raw`C:\Users\Ana\AppData\Local\evergrant\tokens`,
  ],
] as const

describe('the folder for state', () => {
  test.each(rows)('on %s with %j and the home %s is %s', (platform, environment, home, expected) => {
    expect(stateDirectory({ platform, environment, home })).toBe(expected)
  })
})
