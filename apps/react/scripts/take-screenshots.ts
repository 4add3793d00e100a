// Takes the pictures of the documentation: the page in both themes, on a desktop and on a phone, with two tabs open.
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions } from 'playwright-core'
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

async function take({ name, ...context }: Screen, colorScheme: 'light' | 'dark'): Promise<void> {
  const browser = await launchBrowser()
  const demo = await TestDemo.start()
  const options = { ...context, colorScheme, reducedMotion: 'reduce', movesClock: true } as const
  const shown = await DemoTab.open(browser, demo, options)
  try {
    await letThingsHappen(shown)
    await shown.anotherTab()
    await shown.page.bringToFront()
    await shown.panel('travis').getByText('What this page noticed').click()
    await shown.page.evaluate('scrollTo(0, 0); document.activeElement.blur()')
    await shown.page.waitForTimeout(1500)
    const path = `${directory}react-${name}-${colorScheme}.png`
    await shown.page.screenshot({ path, fullPage: name === 'desktop' })
  } finally {
    await shown.close()
    await browser.close()
    await demo.close()
  }
}

if (program === undefined) throw new Error('There is no chromium to take screenshots with.')
for (const screen of screens) {
  for (const colorScheme of ['light', 'dark'] as const) await take(screen, colorScheme)
}
