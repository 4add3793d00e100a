import { findRedis, startRedis } from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launchBrowser, titles } from '../page.test-support.ts'
import { endProgram, startProgram, untilRunning } from './cluster.test-support.ts'
import type { ClusterProgram, ShownGateway } from './cluster.test-support.ts'

const isMissing = findRedis() === undefined || executablePath === undefined
const lifetimeMs = 8000
// A timeline out of sight is not drawn.
const tall = { width: 1280, height: 3600 }

// A program as text: these tests are compiled without the browser's types.
const tooWide = `[...document.body.querySelectorAll('*')]
  .filter(each => each.getBoundingClientRect().right > innerWidth && each.closest('.scroller, .skip') === null)
  .map(each => each.outerHTML.slice(0, 120))`

describe.skipIf(isMissing)('the pages of two gateways', () => {
  let redis: StartedServer
  let program: ClusterProgram
  let gateways: readonly [ShownGateway, ShownGateway]
  let browser: Browser
  let pages: readonly [Page, Page]
  const complaints: string[] = []

  async function open({ url }: ShownGateway): Promise<Page> {
    // A script that a test adds is one that a reader's browser adds: the page's CSP has no say in those.
    const context = await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce', viewport: tall })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', error => complaints.push(error.message))
    await page.goto(url)
    return page
  }

  beforeAll(async () => {
    browser = await launchBrowser()
    redis = await startRedis({ isDurable: true })
    const REDIS_URL = `redis://127.0.0.1:${redis.port}`
    program = startProgram({ REDIS_URL, ACCESS_TOKEN_SECONDS: String(lifetimeMs / 1000) })
    ;({ gateways } = await untilRunning(program))
    pages = [await open(gateways[0]), await open(gateways[1])]
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await endProgram(program)
    await redis.stop()
  })

  const refreshersOn = (page: Page): Promise<string[]> => page.locator('.refresher').allTextContents()
  const figure = (page: Page, label: string): Promise<string | null> =>
    page.locator('.figures div', { hasText: label }).locator('dd').textContent()

  test('name the same process as the last one to refresh, and change with the next refresh', async () => {
    const [first, second] = pages
    let before: string[] = []
    await expect
      .poll(
        async () => {
          const [shown, other] = await Promise.all(pages.map(refreshersOn))
          before = shown ?? []
          return before.length === titles.length && before.join() === other?.join() ? 'same' : [shown, other]
        },
        { timeout: 3 * lifetimeMs },
      )
      .toBe('same')
    for (const text of before) {
      const [, name, pid] =
        /^Last (?:refreshed|obtained) by Gateway (\w), process (\d+), at \d\d:\d\d:\d\d$/.exec(text) ?? []
      expect(gateways.find(each => each.name === name)?.pid).toBe(Number(pid))
    }
    for (const page of [first, second])
      await expect
        .poll(async () => (await refreshersOn(page)).filter(text => before.includes(text)), {
          timeout: 3 * lifetimeMs,
        })
        .toEqual([])
  })

  test('show that two processes cost one token request per expiry, as counted', async () => {
    for (const page of pages) {
      await expect.poll(() => figure(page, 'Token requests per expiry'), { timeout: lifetimeMs }).toBe('1')
      expect(await figure(page, 'Processes')).toBe('2')
      expect(Number(await figure(page, 'Token requests at the emulator'))).toBeGreaterThan(titles.length)
      expect(Number(await figure(page, 'Taken over from the other'))).toBeGreaterThan(titles.length)
    }
    // The timeline of each tells of what it took over.
    const sentences = async (): Promise<string> =>
      (await Promise.all(pages.map(page => page.locator('token-timeline .sentence').allTextContents())))
        .flat()
        .join('\n')
    await expect.poll(sentences, { timeout: 3 * lifetimeMs }).toMatch(/that another process had obtained/)
  })

  test.each(['light', 'dark'] as const)(
    'have nothing that axe-core finds in the %s theme',
    async colorScheme => {
      const [page] = pages
      await page.emulateMedia({ colorScheme })
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => globalThis.axe.run())
      expect(violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])).toEqual([])
    },
  )

  test('never scroll sideways at 320 pixels', async () => {
    const [page] = pages
    await page.setViewportSize({ width: 320, height: 640 })
    await expect.poll(() => page.evaluate(tooWide)).toEqual([])
    expect(await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')).toBe(false)
  })

  test('say that Redis is away, and that it is back', async () => {
    const [page] = pages
    await redis.kill()
    await page.getByText('Redis is away: ').waitFor()
    await expect.poll(() => page.locator('#overview').textContent()).toMatch(/^5 of 5 access tokens/)
    await redis.restart()
    await page.getByText('Redis is away: ').waitFor({ state: 'hidden' })
    await expect
      .poll(program.output)
      .toMatch(/Gateway A: Redis is away .*\n(?:.*\n)*Gateway A: Redis is back\.\n/)
  })

  test('say when the process that refreshed was killed, and the other refreshes from then on', async () => {
    const [text = ''] = await refreshersOn(pages[0])
    const killed = gateways.findIndex(({ name }) => text.includes(`Gateway ${name}`))
    const [victim, page] = [gateways[killed], pages[1 - killed]]
    const survivor = gateways[1 - killed]
    if (victim === undefined || page === undefined || survivor === undefined) throw new Error(text)
    process.kill(victim.pid, 'SIGKILL')
    const ended = page.locator('.processes li', { hasText: `Gateway ${victim.name}` })
    await ended.getByText('Has ended: SIGKILL').waitFor()
    expect(await figure(page, 'Processes')).toBe('1 of 2')
    const alone = `Gateway ${survivor.name}, process ${survivor.pid},`
    await expect
      .poll(async () => (await refreshersOn(page)).filter(shown => !shown.includes(alone)), {
        // A claim that the dead process held is waited out.
        timeout: 25_000 + 3 * lifetimeMs,
      })
      .toEqual([])
    await expect.poll(() => page.locator('#overview').textContent()).toMatch(/^5 of 5 access tokens/)
    expect(complaints).toEqual([])
  }, 90_000)
})
