// Takes the pictures of the documentation: the dashboard in both themes, on a desktop and on a phone, and the SIM cards.
import { takePictures } from '@evergrant/page-kit/test-support'
import type { Picture } from '@evergrant/page-kit/test-support'
import type { Browser } from 'playwright-core'
import { FleetPage, TestDashboard } from '../src/page.test-support.ts'

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

async function take(browser: Browser, { screen, options, fileOf }: Picture): Promise<void> {
  const shown = await FleetPage.open(browser, dashboard, options)
  try {
    await letThingsHappen(shown)
    await shown.page.locator('.vehicles label', { hasText: 'Brescia' }).first().click()
    await shown.page.evaluate('scrollTo(0, 0); document.activeElement.blur()')
    await shown.page.waitForTimeout(1500)
    await shown.page.screenshot({ path: fileOf(`next-${screen}`), fullPage: screen === 'desktop' })
    if (screen !== 'desktop') return
    await shown.goTo('/sims')
    await shown.page.setViewportSize({ width: 1280, height: 720 })
    await shown.page.screenshot({ path: fileOf('next-sims') })
  } finally {
    await shown.close()
  }
}

try {
  await takePictures(1200, take)
} finally {
  await dashboard.close()
}
