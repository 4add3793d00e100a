import { shareDemo } from '@evergrant/page-kit/suites'
import { program } from '@evergrant/page-kit/test-support'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clientNames } from './page/fleet-client.ts'
import { DemoTab, TestDemo } from './page.test-support.ts'
import { tokensNames } from './settings.ts'

const tokenLifeMs = 30_000
const ways = tokensNames.flatMap(name => clientNames.map(client => [client, name] as const))

describe.skipIf(program === undefined)('the page amid a subscription', () => {
  const shared = shareDemo(() => TestDemo.start())
  let tab: DemoTab

  beforeEach(async () => {
    tab = await DemoTab.open(shared.browser, shared.demo, { movesClock: true })
  })

  afterEach(() => tab.close())

  // The clocks of the page and of the servers are moved one after the other. A token that is issued in between is taken
  // for older than it is, and replaced once more.
  test.each(ways)(
    '%s, %s: query, mutation and subscription outlive a token, with one refresh each time',
    { retry: 2 },
    async (client, name) => {
      await tab.choose(name)
      await tab.signIn()
      await tab.runBy(client)
      const note = `by ${client}, ${name}`
      await tab.writeNote(note)
      await tab.panel.getByText('250 SIM cards').waitFor()
      // The token ends in the middle of the subscription.
      shared.demo.emulator.journal.clear()
      await tab.skip(tokenLifeMs)
      await tab.reaches('reconnects', 1)
      await tab.moreEvents(3)
      await tab.button('Ask again').click()
      await tab.reaches('operations', 3)
      expect(shared.demo.refreshes).toBe(1)
      // The API refuses the next one before its time.
      await tab.skip(tokenLifeMs / 4)
      shared.demo.emulator.journal.clear()
      await tab.button('Let the token expire').click()
      await tab.reaches('reconnects', 2)
      await tab.moreEvents(3)
      await tab.button('Ask again').click()
      await tab.reaches('operations', 4)
      expect(shared.demo.refreshes).toBe(1)
      expect(await tab.firstNote()).toBe(note)
      expect(await tab.count('failed')).toBe(0)
      expect(await tab.panel.getByRole('alert').count()).toBe(0)
      await tab.reaches('refreshes', 2)
      expect(tab.complaints).toEqual([])
    },
  )
})
