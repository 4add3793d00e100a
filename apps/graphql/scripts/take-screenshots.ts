// Takes the pictures of the documentation: the page in both themes, on a desktop and on a phone, amid a subscription.
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { DemoTab, launchBrowser, program, TestDemo } from '../src/page.test-support.ts'

const directory = fileURLToPath(new URL('../../../docs/images/', import.meta.url))

interface Screen extends BrowserContextOptions {
  readonly name: string
  readonly viewport: { readonly width: number; readonly height: number }
}

const screens: readonly Screen[] = [
  { name: 'desktop', viewport: { width: 1280, height: 1120 } },
  { name: 'phone', viewport: { width: 390, height: 1500 }, isMobile: true, hasTouch: true },
]

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

async function take(
  browser: Browser,
  { name, ...context }: Screen,
  colorScheme: 'light' | 'dark',
): Promise<void> {
  const demo = await TestDemo.start(undefined, 400)
  const shown = await DemoTab.open(browser, demo, { ...context, colorScheme, reducedMotion: 'reduce' })
  try {
    await letThingsHappen(shown)
    await shown.page.evaluate('scrollTo(0, 0); document.activeElement.blur()')
    await shown.page.waitForTimeout(1500)
    const path = `${directory}graphql-${name}-${colorScheme}.png`
    await shown.page.screenshot({ path, fullPage: name === 'desktop' })
  } finally {
    await shown.close()
    await demo.close()
  }
}

if (program === undefined) throw new Error('There is no chromium to take screenshots with.')
const browser = await launchBrowser()
try {
  const pictures = screens.flatMap(screen =>
    (['light', 'dark'] as const).map(scheme => [screen, scheme] as const),
  )
  await Promise.all(pictures.map(([screen, scheme]) => take(browser, screen, scheme)))
} finally {
  await browser.close()
}
