// Takes the pictures of the documentation: two gateways on one Redis after some refreshes, in both themes, on a desktop and
// on a phone.
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { runCluster } from '../src/cluster/run-cluster.ts'
import { executablePath, launchBrowser } from '../src/page.test-support.ts'

const directory = fileURLToPath(new URL('../../../docs/images/', import.meta.url))

const screens = [
  { name: 'desktop', viewport: { width: 1280, height: 1000 } },
  { name: 'phone', viewport: { width: 390, height: 1400 }, isMobile: true, hasTouch: true },
]

/** The processes share for a while before the first picture. */
const sharedMs = 50_000

async function take(browser: Browser, url: string): Promise<void> {
  for (const { name, ...context } of screens) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const locale = { locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' } as const
      const opened = await browser.newContext({ ...context, ...locale, colorScheme })
      const page = await opened.newPage()
      await page.goto(url)
      await page.waitForTimeout(12_000)
      await page.screenshot({ path: `${directory}cluster-${name}-${colorScheme}.png` })
      await opened.close()
    }
  }
}

if (executablePath === undefined) throw new Error('There is no chromium to take screenshots with.')
const cluster = await runCluster({ ...process.env, ACCESS_TOKEN_SECONDS: '10' }, sentence => {
  throw new Error(sentence)
})
const browser = await launchBrowser()
try {
  const [, url = ''] = /Gateway A +(\S+)/.exec(cluster.banner) ?? []
  await new Promise(resolve => void setTimeout(resolve, sharedMs))
  await take(browser, url)
} finally {
  await browser.close()
  await cluster.stop()
}
