// Takes the pictures of the documentation: the fleet and the log-in page, in both themes, on a desktop and on a phone.
import { takePictures } from '@evergrant/page-kit/test-support'
import type { Picture } from '@evergrant/page-kit/test-support'
import type { Browser } from 'playwright-core'
import { Shown, startTestDemo } from '../src/page.test-support.ts'

const demo = await startTestDemo()

async function take(browser: Browser, { screen, options, fileOf }: Picture): Promise<void> {
  const shown = await Shown.open(browser, demo, options)
  try {
    await shown.goToLogIn()
    if (screen === 'desktop') {
      await shown.page.setViewportSize({ width: 1280, height: 620 })
      await shown.page.screenshot({ path: fileOf('authjs-log-in') })
      await shown.page.setViewportSize(options.viewport)
    }
    await shown.logIn()
    await shown.region('Asked by this page').getByRole('row').nth(6).waitFor()
    await shown.page.screenshot({ path: fileOf(`authjs-${screen}`) })
  } finally {
    await shown.close()
  }
}

try {
  await takePictures(860, take)
} finally {
  await demo.stop()
}
