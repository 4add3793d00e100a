// Takes the pictures of the documentation: the fleet and the log-in page, in both themes, on a desktop and on a phone.
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions } from 'playwright-core'
import { launchBrowser, program, Shown, startTestDemo } from '../src/page.test-support.ts'

const directory = fileURLToPath(new URL('../../../docs/images/', import.meta.url))

interface Screen extends BrowserContextOptions {
  readonly name: string
  readonly viewport: { readonly width: number; readonly height: number }
}

const screens: readonly Screen[] = [
  { name: 'desktop', viewport: { width: 1280, height: 860 } },
  { name: 'phone', viewport: { width: 390, height: 1500 }, isMobile: true, hasTouch: true },
]

if (program === undefined) throw new Error('There is no chromium to take screenshots with.')
const browser = await launchBrowser()
const demo = await startTestDemo()

async function take({ name, ...context }: Screen, colorScheme: 'light' | 'dark'): Promise<void> {
  const locale = { timezoneId: 'UTC', reducedMotion: 'reduce' } as const
  const shown = await Shown.open(browser, demo, { ...context, ...locale, colorScheme })
  try {
    await shown.goToLogIn()
    if (name === 'desktop') {
      await shown.page.setViewportSize({ width: 1280, height: 620 })
      await shown.page.screenshot({ path: `${directory}authjs-log-in-${colorScheme}.png` })
      await shown.page.setViewportSize(context.viewport)
    }
    await shown.logIn()
    await shown.region('Asked by this page').getByRole('row').nth(6).waitFor()
    await shown.page.screenshot({ path: `${directory}authjs-${name}-${colorScheme}.png` })
  } finally {
    await shown.close()
  }
}

try {
  for (const screen of screens)
    for (const colorScheme of ['light', 'dark'] as const) await take(screen, colorScheme)
} finally {
  await browser.close()
  await demo.stop()
}
