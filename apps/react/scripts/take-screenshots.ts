// Takes the pictures of the documentation: the page in both themes, on a desktop and on a phone, with two tabs open.
import { takePictures } from '@evergrant/page-kit/test-support'
import type { Picture } from '@evergrant/page-kit/test-support'
import type { Browser } from 'playwright-core'
import { DemoTab, TestDemo } from '../src/page.test-support.ts'

const minute = 60_000

/** Two tabs with both users signed in, and a quarter of an hour of tokens. */
async function letThingsHappen(shown: DemoTab): Promise<void> {
  await shown.signIn('teamServer')
  await shown.signIn('travis')
  for (let turn = 0; turn < 4; turn += 1) {
    await shown.skip(2.5 * minute)
    await shown.button('travis', 'Ask again').click()
    await shown.button('teamServer', 'Ask again').click()
    if (turn === 2) await shown.button('teamServer', 'Let the token expire').click()
    await shown.page.waitForTimeout(600)
  }
}

async function take(browser: Browser, { screen, options, fileOf }: Picture): Promise<void> {
  const demo = await TestDemo.start()
  const shown = await DemoTab.open(browser, demo, { ...options, movesClock: true })
  try {
    await letThingsHappen(shown)
    await shown.anotherTab()
    await shown.page.bringToFront()
    await shown.panel('travis').getByText('What this page noticed').click()
    await shown.page.evaluate('scrollTo(0, 0); document.activeElement.blur()')
    await shown.page.waitForTimeout(1500)
    await shown.page.screenshot({ path: fileOf(`react-${screen}`), fullPage: screen === 'desktop' })
  } finally {
    await shown.close()
    await demo.close()
  }
}

await takePictures(1120, take)
