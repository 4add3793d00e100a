// Takes the pictures of the documentation: the page in both themes, on a desktop and on a phone, after an outage.
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { executablePath, GatewayPage, launchBrowser, shows } from '../src/page.test-support.ts'

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

/** A customer signs in; the sign-in goes through the same outage. */
async function signIn({ page }: GatewayPage): Promise<void> {
  await page
    .getByRole('button', { name: /^Fill in / })
    .first()
    .click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await shows(customerOn(page), 'of 90 vehicles')
}

function customerOn(page: Page): Locator {
  return page.getByRole('article', { name: /^TRAVIS as / })
}

/** TRAVIS has been through an outage and is well again; TrafficStars is in the middle of one. */
async function letThingsHappen(shown: GatewayPage): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await ask(shown, 2 * minute)
  await shown.skip(minute)
  await shown.breakIt('TRAVIS', 'Server error for 30 s')
  await shows(shown.card('TRAVIS').locator('.records .failure'), /answered 503/)
  for (let turn = 0; turn < 4; turn += 1) await ask(shown, 9000)
  await shown.card('TRAVIS').locator('tbody tr').first().waitFor()
  await ask(shown, minute / 2)
  await shown.card('TRAVIS').getByText('Break it and watch').click()
  await shown.breakIt('TrafficStars', 'Server error for 30 s')
  await shows(shown.card('TrafficStars').locator('.records .failure'), /answered 503/)
  for (let turn = 0; turn < 2; turn += 1) await ask(shown, 5000)
}

/** Lets time pass and asks every API. */
async function ask(shown: GatewayPage, ms: number): Promise<void> {
  await shown.skip(ms)
  for (const button of await shown.page.getByRole('button', { name: /^Ask again/ }).all())
    await button.click()
  await shown.page.waitForTimeout(500)
}

async function take({ name, ...context }: Screen, colorScheme: 'light' | 'dark'): Promise<void> {
  const browser = await launchBrowser()
  const locale = { locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' } as const
  const shown = await GatewayPage.start(browser, {
    movesPageClock: true,
    context: { ...context, ...locale, colorScheme },
  })
  try {
    await shown.open()
    await signIn(shown)
    await letThingsHappen(shown)
    await shown.page.mouse.move(0, 0)
    await shown.page.evaluate('scrollTo(0, 0); document.activeElement.blur()')
    await shown.page.waitForTimeout(1500)
    const path = `${directory}gateway-${name}-${colorScheme}.png`
    await shown.page.screenshot({ path })
    const customer = customerOn(shown.page)
    await customer.scrollIntoViewIfNeeded()
    await shown.page.waitForTimeout(1500)
    await customer.screenshot({ path: `${directory}gateway-customer-${name}-${colorScheme}.png` })
  } finally {
    await shown.close()
    await browser.close()
  }
}

if (executablePath === undefined) throw new Error('There is no chromium to take screenshots with.')
for (const screen of screens) {
  for (const colorScheme of ['light', 'dark'] as const) await take(screen, colorScheme)
}
