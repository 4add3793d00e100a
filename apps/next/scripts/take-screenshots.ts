// Takes the pictures of the documentation: the dashboard in both themes, on a desktop and on a phone, and the SIM cards.
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions } from 'playwright-core'
import { program, FleetPage, launchBrowser, TestDashboard } from '../src/page.test-support.ts'

const directory = fileURLToPath(new URL('../../../docs/images/', import.meta.url))

interface Screen extends BrowserContextOptions {
  readonly name: string
  readonly viewport: { readonly width: number; readonly height: number }
}

const screens: readonly Screen[] = [
  { name: 'desktop', viewport: { width: 1280, height: 1200 } },
  { name: 'phone', viewport: { width: 390, height: 1500 }, isMobile: true, hasTouch: true },
]

if (program === undefined) throw new Error('There is no chromium to take screenshots with.')
const browser = await launchBrowser()
const dashboard = await TestDashboard.start()

/** Some of a session's life, so that its timeline tells something: tokens that live for 20 seconds. */
async function letThingsHappen(shown: FleetPage): Promise<void> {
  dashboard.travis.setLifetimes({ accessTokenMs: 20_000 })
  await shown.signIn()
  await shown.page.locator('token-timeline svg[role=img]').waitFor()
  for (let turn = 0; turn < 5; turn += 1) {
    await shown.askAgain()
    await shown.page.waitForTimeout(6000)
  }
}

async function take({ name, ...context }: Screen, colorScheme: 'light' | 'dark'): Promise<void> {
  const locale = { timezoneId: 'UTC', reducedMotion: 'reduce' } as const
  const shown = await FleetPage.open(browser, dashboard, { ...context, ...locale, colorScheme })
  try {
    await letThingsHappen(shown)
    await shown.page.locator('.vehicles label', { hasText: 'Brescia' }).first().click()
    await shown.page.evaluate('scrollTo(0, 0); document.activeElement.blur()')
    await shown.page.waitForTimeout(1500)
    await shown.page.screenshot({
      path: `${directory}next-${name}-${colorScheme}.png`,
      fullPage: name === 'desktop',
    })
    if (name !== 'desktop') return
    await shown.goTo('/sims')
    await shown.page.setViewportSize({ width: 1280, height: 720 })
    await shown.page.screenshot({ path: `${directory}next-sims-${colorScheme}.png` })
  } finally {
    await shown.close()
  }
}

try {
  for (const screen of screens)
    for (const colorScheme of ['light', 'dark'] as const) await take(screen, colorScheme)
} finally {
  await browser.close()
  await dashboard.close()
}
