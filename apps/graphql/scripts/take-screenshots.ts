// Takes the pictures of the documentation: the page in both themes, on a desktop and on a phone, amid a subscription.
import { takePictures } from '@evergrant/page-kit/test-support'
import type { Picture } from '@evergrant/page-kit/test-support'
import type { Browser } from 'playwright-core'
import { DemoTab, TestDemo } from '../src/page.test-support.ts'

/** More than a minute of tokens, in real time: a clock that jumps makes the page miss events. */
async function letThingsHappen(shown: DemoTab): Promise<void> {
  await shown.choose('mediated')
  await shown.signIn()
  await shown.runBy('urql')
  await shown.writeNote('back in Utrecht by noon')
  for (let turn = 1; turn <= 9; turn += 1) {
    await shown.page.waitForTimeout(8000)
    // A third of the second token's life is over then.
    if (turn === 5) await shown.button('Let the token expire').click()
    await shown.button('Ask again').click()
  }
}

async function take(browser: Browser, { screen, options, fileOf }: Picture): Promise<void> {
  const demo = await TestDemo.start(undefined, 400)
  const shown = await DemoTab.open(browser, demo, options)
  try {
    await letThingsHappen(shown)
    await shown.page.evaluate('scrollTo(0, 0); document.activeElement.blur()')
    await shown.page.waitForTimeout(1500)
    await shown.page.screenshot({ path: fileOf(`graphql-${screen}`), fullPage: screen === 'desktop' })
  } finally {
    await shown.close()
    await demo.close()
  }
}

await takePictures(1120, take, true)
