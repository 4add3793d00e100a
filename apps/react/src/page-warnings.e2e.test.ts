import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildPage } from '../scripts/page-builder.ts'
import { DemoTab, launchBrowser, program, TestDemo } from './page.test-support.ts'
import { tokensNames } from './settings.ts'

test.skipIf(program === undefined)(
  'React’s development build has nothing to complain of: hydration, StrictMode, signing in and out',
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
      await tab.known('travis')
      // Only React's development build knows these words.
      expect(scripts.join('')).toContain("didn't match the client properties")
      for (const name of tokensNames) await tab.signIn(name)
      await blank.reload()
      for (const name of tokensNames) {
        await tab.signedIn(name, demo.account(name).username)
        await tab.button(name, 'Sign out').click()
        await tab.status(name).getByText('Nobody is signed in').waitFor()
      }
      expect(tab.complaints).toEqual([])
      await context.close()
    } finally {
      await browser.close()
      await demo.close()
      await rm(outDir, { recursive: true })
    }
  },
)
