import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, program } from './machine-browser.ts'
import { layoutFaults, violationsIn } from './page-access.ts'
import { isFocused, PageTab } from './page-tab.ts'

describe.skipIf(program === undefined)('what is looked for in a page', () => {
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    browser = await launchBrowser()
    page = await PageTab.blank(browser, { viewport: { width: 320, height: 256 } })
  })

  afterAll(() => browser.close())

  test('is found by axe-core', async () => {
    await page.setContent('<html lang="en"><title>A page</title><main><h1>A page</h1></main></html>')
    expect(await violationsIn(page)).toEqual([])
    await page.setContent(
      '<html lang="en"><title>A page</title><main><h1>A page</h1><img src="data:,"></main></html>',
    )
    expect(await violationsIn(page)).toEqual([['image-alt', ['<img src="data:,">']]])
  })

  test('is a page that scrolls sideways, be it with a style alone', async () => {
    await page.setContent('<p>Words</p>')
    expect(await layoutFaults(page)).toEqual([])
    expect(await layoutFaults(page, 'p { width: 400px }')).toContain('The page scrolls sideways.')
  })

  test('is text that is clipped, in shadow roots too, but not where it is meant to scroll', async () => {
    const clipped = 'display: block; width: 20px; overflow: hidden; white-space: nowrap'
    await page.setContent(`<div class="box" style="${clipped}">Too long for this</div>`)
    expect(await layoutFaults(page)).toEqual([expect.stringContaining('class="box"')])
    expect(await layoutFaults(page, '', '.box')).toEqual([])
    await page.setContent('<div id="host"></div>')
    const shadow = `<div style="${clipped}">Too long for this</div>`
    await page.evaluate(`host.attachShadow({ mode: 'open' }).innerHTML = ${JSON.stringify(shadow)}`)
    expect(await layoutFaults(page)).toEqual([expect.stringContaining('Too long')])
    expect(await layoutFaults(page, '', '#host')).toEqual([])
  })

  test('is a button that the Tab key leads to', async () => {
    await page.setContent('<button>One</button><button>Two</button><button disabled>Three</button>')
    const tab = new PageTab(page)
    const button = (name: string): ReturnType<Page['getByRole']> => page.getByRole('button', { name })
    await tab.tabTo(button('Two'))
    expect([await isFocused(button('Two')), await isFocused(button('One'))]).toEqual([true, false])
    await expect(tab.tabTo(button('Three'), 5)).rejects.toThrow('Tab never gets there.')
  })

  test('is what the browser complains about, except that an answer was an error', async () => {
    const [all, errors] = [new PageTab(page), new PageTab(page, ['error'])]
    await page.evaluate(`console.warn('fake warning'); console.error('fake error'); console.info('nothing')
      console.error('Failed to load resource: 503')
      setTimeout(() => { throw new Error('fake fault') }, 0)`)
    await expect.poll(() => all.complaints).toEqual(['fake warning', 'fake error', 'fake fault'])
    expect(errors.complaints).toEqual(['fake error', 'fake fault'])
  })
})
