import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildPage } from '../scripts/page-builder.ts'
import { clientNames } from './page/fleet-client.ts'
import { DemoTab, launchBrowser, program, TestDemo } from './page.test-support.ts'

test.skipIf(program === undefined)(
  'React’s development build has nothing to complain of: hydration, StrictMode, all clients, signing in and out',
  async () => {
    const outDir = await mkdtemp(join(tmpdir(), 'evergrant-page-'))
    await buildPage({ outDir, mode: 'development' })
    const [browser, demo] = await Promise.all([launchBrowser(), TestDemo.start(outDir)])
    try {
      const context = await browser.newContext()
      const blank = await context.newPage()
      const scripts: string[] = []
      blank.on('response', async response => {
        if (response.url().endsWith('.js')) scripts.push(await response.text().catch(() => ''))
      })
      const tab = new DemoTab(blank, demo)
      await blank.goto(demo.url)
      await tab.known()
      // Only React's development build knows these words.
      expect(scripts.join('')).toContain("didn't match the client properties")
      await tab.signIn()
      for (const client of clientNames) await tab.runBy(client)
      await tab.writeNote('in development')
      await tab.reaches('operations', 2)
      expect([await tab.count('failed'), await tab.count('reconnects')]).toEqual([0, 0])
      await blank.reload()
      await tab.signedIn(demo.account().username)
      await tab.button('Sign out').click()
      await tab.status.getByText('Nobody is signed in').waitFor()
      expect(tab.complaints).toEqual([])
      await context.close()
    } finally {
      await browser.close()
      await demo.close()
      await rm(outDir, { recursive: true })
    }
  },
)
