import { expect, test } from 'vitest'
import { TabRoster } from './tab-roster.ts'
import type { RosterMessage } from './tab-roster.ts'
import type { SignInView } from './tab-view.ts'

/** Channels that deliver at once, to everybody but the sender. */
function createRosters(): () => TabRoster {
  const open = new Set<(message: RosterMessage) => void>()
  return () =>
    new TabRoster(receive => {
      open.add(receive)
      return {
        send: message => {
          for (const other of open) if (other !== receive) other(message)
        },
        close: () => void open.delete(receive),
      }
    })
}

const anna: SignInView = { signInId: 'one', username: 'anna', token: undefined }
const ids = (roster: TabRoster): string[] => roster.getSnapshot().map(({ id }) => id)

test('tabs that join know each other, and each stands first in its own list', () => {
  const create = createRosters()
  const [one, two] = [create(), create()]
  one.join('one')
  two.join('two')
  expect([ids(one), ids(two)]).toEqual([
    ['one', 'two'],
    ['two', 'one'],
  ])
})

test('what a tab shows reaches the others, also those that come later', () => {
  const create = createRosters()
  const [one, two, three] = [create(), create(), create()]
  one.join('one')
  two.join('two')
  one.show({ travis: anna, teamServer: undefined })
  three.join('three')
  for (const roster of [one, two, three]) {
    expect(roster.getSnapshot().find(({ id }) => id === 'one')?.shows.travis).toBe(anna)
  }
})

test('a tab that leaves is forgotten, and one that crashed is with the next call', () => {
  const create = createRosters()
  const [one, two] = [create(), create()]
  one.join('one')
  const leave = two.join('two')
  leave()
  expect([ids(one), ids(two)]).toEqual([['one'], []])

  const channel: ((message: RosterMessage) => void)[] = []
  const alone = new TabRoster(receive => {
    channel.push(receive)
    return { send: () => undefined, close: () => undefined }
  })
  alone.join('alone')
  channel[0]?.({ type: 'here', tab: { id: 'crashed', shows: { travis: undefined, teamServer: undefined } } })
  expect(ids(alone)).toEqual(['alone', 'crashed'])
  alone.call()
  expect(ids(alone)).toEqual(['alone'])
})

test('before it joins, a tab tells nothing and knows of none', () => {
  const roster = new TabRoster(() => expect.unreachable('no channel is opened'))
  roster.show({ travis: anna, teamServer: undefined })
  roster.call()
  expect(ids(roster)).toEqual([])
})
