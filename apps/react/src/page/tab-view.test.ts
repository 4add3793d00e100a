import { describe, expect, test } from 'vitest'
import { agree, answersSentence, tabsSentence } from './tab-view.ts'
import type { SignInView, TabView } from './tab-view.ts'

function tab(id: string, travis?: Partial<SignInView>, teamServer?: Partial<SignInView>): TabView {
  const view = (facts: Partial<SignInView>): SignInView => ({
    signInId: 'one',
    username: 'anna',
    token: undefined,
    ...facts,
  })
  return { id, shows: { travis: travis && view(travis), teamServer: teamServer && view(teamServer) } }
}

describe('tabs', () => {
  test.each<[string, TabView[], boolean]>([
    ['agree where nobody is signed in', [tab('a'), tab('b')], true],
    ['agree on one sign-in', [tab('a', {}), tab('b', {})], true],
    ['agree while one of them holds no token yet', [tab('a', { token: 'x' }), tab('b', {})], true],
    ['differ in the token', [tab('a', { token: 'x' }), tab('b', { token: 'y' })], false],
    ['differ where one shows nobody', [tab('a', {}), tab('b')], false],
    [
      'differ where one shows another sign-in of the same user',
      [tab('a', {}), tab('b', { signInId: '2' })],
      false,
    ],
    ['differ at the other provider', [tab('a', {}, {}), tab('b', {})], false],
  ])('%s', (_, tabs, expected) => {
    expect(agree(tabs)).toBe(expected)
  })

  test('are counted in a sentence that says whether they agree', () => {
    expect(tabsSentence([tab('a')])).toMatch(/^This is the only tab/)
    expect(tabsSentence([tab('a'), tab('b')])).toBe('2 tabs of this page are open, and they agree.')
    expect(tabsSentence([tab('a', {}), tab('b')])).toMatch(/^2 tabs of this page are open\. One has news/)
  })
})

test.each([
  [1, 'has answered once for'],
  [2, 'has answered 2 times for'],
])('%d answers of the token route are told in words', (count, words) => {
  expect(answersSentence(count)).toContain(words)
})
