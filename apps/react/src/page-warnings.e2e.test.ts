import { developmentSuite } from '@evergrant/page-kit/suites'
import { DemoTab, TestDemo } from './page.test-support.ts'
import { tokensNames } from './settings.ts'

developmentSuite({
  root: new URL('..', import.meta.url),
  what: 'hydration, StrictMode, signing in and out',
  start: directory => TestDemo.start(directory),
  use: async (blank, demo) => {
    const tab = new DemoTab(blank, demo)
    await blank.goto(demo.url)
    await tab.known('travis')
    for (const name of tokensNames) await tab.signIn(name)
    await blank.reload()
    for (const name of tokensNames) {
      await tab.signedIn(name, demo.account(name).username)
      await tab.button(name, 'Sign out').click()
      await tab.status(name).getByText('Nobody is signed in').waitFor()
    }
    return tab.complaints
  },
})
