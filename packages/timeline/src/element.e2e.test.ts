import { readFile } from 'node:fs/promises'
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { findProgram } from '@evergrant/testing/machine'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { at, canaries, event, life, start, withCanaries } from './life.test-support.ts'
import type { TokenTimeline } from './element.ts'

const executablePath = findProgram('chromium')
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-first-run']
const origin = 'http://timeline.test'
const policy = "default-src 'none'; script-src 'self'; style-src 'self'"
const html = `<!doctype html><html lang="en"><title>Timeline</title><link rel="stylesheet" href="/page.css">
<body><main><token-timeline></token-timeline></main><div class="far"></div></body></html>`
const css = ':root{color-scheme:light dark} body{margin:0.75rem} main{max-width:46rem} .far{height:300vh}'

const script = `import { defineTokenTimeline } from './index.ts'\ndefineTokenTimeline()\ndefineTokenTimeline()`

// TypeScript knows no types of it before Node.js 22; the toolchain runs on 24.
const { stripTypeScriptTypes } = nodeModule as unknown as { stripTypeScriptTypes: (code: string) => string }

describe.skipIf(executablePath === undefined)('the element', () => {
  let browser: Browser
  let page: Page
  /** What the browser complained about, also what the content security policy refused. */
  let complaints: string[] = []

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? '', args })
  })

  afterAll(() => browser.close())

  afterEach(() => page.context().close())

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({
      timezoneId: 'UTC',
      viewport: { width: 800, height: 600 },
      ...options,
    })
    page = await context.newPage()
    complaints = []
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.route(`${origin}/**`, async route => {
      const { pathname } = new URL(route.request().url())
      if (pathname === '/')
        return route.fulfill({
          body: html,
          contentType: 'text/html',
          headers: { 'content-security-policy': policy },
        })
      if (pathname === '/page.css') return route.fulfill({ body: css, contentType: 'text/css' })
      if (pathname === '/define.js') return route.fulfill({ body: script, contentType: 'text/javascript' })
      if (!/^\/[a-z-]+\.ts$/.test(pathname)) return route.fulfill({ status: 404 })
      const code = await readFile(join(import.meta.dirname, pathname), 'utf8')
      return route.fulfill({ body: stripTypeScriptTypes(code), contentType: 'text/javascript' })
    })
    await page.goto(origin)
  }

  /** Defines the element and feeds it a life, as of `seconds` after its start. */
  async function show(events: readonly unknown[], seconds: number): Promise<void> {
    await page.evaluate(
      ([given, now]) => {
        const element = document.querySelector('token-timeline') as TokenTimeline
        // Set before the element is defined, as frameworks do.
        element.events = given
        element.now = () => now
      },
      [events, at(seconds)] as const,
    )
    await page.addScriptTag({ url: `${origin}/define.js`, type: 'module' })
    await page.waitForFunction(() => document.querySelector('token-timeline')?.shadowRoot)
  }

  const screenshot = (name: string): Promise<unknown> => {
    const directory = process.env['EVERGRANT_SCREENSHOTS']
    if (directory === undefined) return Promise.resolve()
    return page.locator('token-timeline').screenshot({ path: join(directory, `${name}.png`) })
  }

  const isTooWide = (): Promise<boolean> =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

  test('draws a life under a strict content security policy, with the same as text', async () => {
    await open()
    await show(life, 700)
    await screenshot('light')
    const drawing = page.getByRole('img', { name: 'trackunit-iris' })
    await drawing.waitFor()
    expect(await page.getByRole('status').textContent()).toMatch(/^Refreshed with the refresh token/)
    const description = await page.locator('#description').textContent()
    expect(description).toContain('Fresh, 3 min 42 s left.')
    expect(description).toContain('expires at 09:15:22')
    await page.getByText('The same as text').focus()
    await page.keyboard.press('Enter')
    expect(await page.getByRole('listitem').first().textContent()).toContain('09:10:23 Refreshed')
    expect(await page.getByRole('listitem').count()).toBe(7)
    await screenshot('open')
    expect(await page.locator('token-timeline [style]').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('is dark where the user wants that, and still without a complaint', async () => {
    await open({ colorScheme: 'light' })
    await show(life, 700)
    const ground = (): Promise<string> =>
      page.locator('token-timeline').evaluate(element => getComputedStyle(element).backgroundColor)
    expect(await ground()).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(ground).toBe('rgb(23, 30, 27)')
    await screenshot('dark')
    await page.emulateMedia({ forcedColors: 'active' })
    await screenshot('forced')
    expect(complaints).toEqual([])
  })

  test('moves unless the user wants less motion', async () => {
    await open()
    await show(life, 700)
    const duration = (): Promise<string> =>
      page.locator('rect.over').evaluate(element => getComputedStyle(element).transitionDuration)
    expect(await duration()).toBe('1s')
    await page.emulateMedia({ reducedMotion: 'reduce' })
    expect(await duration()).toBe('0s')
  })

  test('fits 320 pixels, and more as soon as there is more', async () => {
    await open({ viewport: { width: 320, height: 640 } })
    await show(life, 700)
    await screenshot('narrow')
    expect(await isTooWide()).toBe(false)
    const width = async (): Promise<number> =>
      Number(await page.locator('svg[role=img]').getAttribute('width'))
    const narrow = await width()
    expect(narrow).toBeLessThan(300)
    await page.setViewportSize({ width: 800, height: 600 })
    await expect.poll(width).toBeGreaterThan(500)
    expect(await isTooWide()).toBe(false)
  })

  test('says that a person is needed, and shows the label as text', async () => {
    await open({ viewport: { width: 560, height: 600 } })
    const end = [
      event('exchange-failed', 900, {
        rung: 're-grant',
        kind: 'transient',
        message: 'No answer.',
        retryAt: at(960),
      }),
      event('refresh-token-died', 961, { reason: 'refresh-token-refused' }),
      event('reauthorization-required', 962, { reason: 'refresh-token-refused' }),
    ]
    await show([...life, ...end], 970)
    await page.locator('token-timeline').evaluate(element => element.setAttribute('label', '<b>Fleet</b>'))
    await page.getByRole('img', { name: '<b>Fleet</b>' }).waitFor()
    expect(await page.locator('.state').textContent()).toBe('Sign-in needed')
    expect(await page.locator('.next').textContent()).toBe('Somebody has to sign in.')
    await screenshot('person')
    expect(complaints).toEqual([])
  })

  test('says that there is no access token while the API refuses the only one and its renewal fails', async () => {
    await open()
    const failure = { rung: 'refresh-token', kind: 'transient', message: 'No answer.', retryAt: at(735) }
    const end = [event('token-rejected', 701, { isCurrent: true }), event('exchange-failed', 705, failure)]
    await show([...life, ...end], 710)
    expect(await page.locator('.state').textContent()).toBe('No access token')
    expect(await page.locator('.state').getAttribute('class')).toBe('state bad')
    expect(await page.locator('.left').textContent()).toBe('refused 9 s ago')
    expect(await page.locator('.next').textContent()).toBe('The exchange is tried again in 25 s.')
    expect(await page.locator('.parts rect.rejected').count()).toBe(1)
    const legend = await page.locator('.legend li').allTextContents()
    expect(legend).toEqual(expect.arrayContaining(['held but refused', 'refused by the API', 'failed']))
    expect(legend).toHaveLength(new Set(legend).size)
    await screenshot('refused')
  })

  test('draws on where a clock, a label or events are none', async () => {
    await open()
    await show(life, 700)
    await page.locator('token-timeline').evaluate(element => {
      Object.assign(element, { now: () => Number.NaN, label: 'Fleet' })
      Object.assign(element, { label: undefined, explanation: null })
    })
    const state = (): Promise<string | null> => page.locator('.state').textContent()
    await expect.poll(state, { timeout: 5000 }).toBe('Expired')
    expect(await page.locator('#name').textContent()).toBe('trackunit-iris')
    await page.locator('token-timeline').evaluate(element => {
      Object.assign(element, { now: undefined, events: undefined, options: null })
    })
    await expect.poll(state, { timeout: 5000 }).toBe('Not used yet')
    expect(complaints).toEqual([])
  })

  test('holds nothing of what an event carries beyond its known members', async () => {
    await open()
    await show(withCanaries(life), 700)
    const shown = await page.locator('token-timeline').evaluate(element => {
      const { model } = element as TokenTimeline
      return `${element.shadowRoot?.innerHTML} ${element.outerHTML} ${JSON.stringify(model)}`
    })
    expect(shown).toContain('Refreshed')
    for (const canary of canaries) expect(shown).not.toContain(canary)
  })

  test('draws at most once a second, and not at all out of sight', async () => {
    await open()
    await page.clock.install({ time: start })
    await show(life, 700)
    const draws = await page.locator('token-timeline').evaluateHandle(element => {
      const counter = { draws: 0 }
      ;(element as TokenTimeline).now = () => {
        counter.draws += 1
        return 1_767_258_000_000 + 700_000
      }
      return counter
    })
    const count = (): Promise<number> => draws.evaluate(counter => counter.draws)
    const pushed = (times: number): Promise<void> =>
      page.locator('token-timeline').evaluate((element, most) => {
        const { events } = element as TokenTimeline
        for (let time = 0; time < most; time += 1) (element as TokenTimeline).push(events.at(-1))
      }, times)
    await page.clock.runFor(2100)
    const before = await count()
    await pushed(50)
    await page.clock.runFor(3000)
    expect((await count()) - before).toBeLessThanOrEqual(3)
    expect(await count()).toBeGreaterThan(before)
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await expect
      .poll(async () => {
        const seen = await count()
        await page.clock.runFor(3000)
        return (await count()) - seen
      })
      .toBe(0)
  })
})
