import { developmentSuite } from '@evergrant/page-kit/suites'
import { expect } from 'vitest'
import { clientNames } from './page/fleet-client.ts'
import { DemoTab, TestDemo } from './page.test-support.ts'

developmentSuite({
  root: new URL('..', import.meta.url),
  what: 'hydration, StrictMode, all clients, signing in and out',
  start: directory => TestDemo.start(directory),
  use: async (blank, demo) => {
    const tab = new DemoTab(blank, demo)
    await blank.goto(demo.url)
    await tab.known()
    await tab.signIn()
    for (const client of clientNames) await tab.runBy(client)
    await tab.writeNote('in development')
    await tab.reaches('operations', 2)
    expect([await tab.count('failed'), await tab.count('reconnects')]).toEqual([0, 0])
    await blank.reload()
    await tab.signedIn(demo.account().username)
    await tab.button('Sign out').click()
    await tab.status.getByText('Nobody is signed in').waitFor()
    return tab.complaints
  },
})
