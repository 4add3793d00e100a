import axe from 'axe-core'
import type { Page } from 'playwright-core'

declare global {
  // What `axe.source` defines in the page.
  var axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
}

/** Of a reader's browser: what it adds to the page is none of the business of the page's policy. */
export const readerOptions = { bypassCSP: true, reducedMotion: 'reduce' } as const

/** How people read: the title of a test, the size of the window in CSS pixels, and what their browser adds to the page. */
export const conditions: readonly [string, { width: number; height: number }, string][] = [
  ['on a phone of 320 pixels', { width: 320, height: 640 }, ''],
  // 1280 × 1024 at 200 %: half as many CSS pixels.
  ['at a zoom of 200 %', { width: 640, height: 512 }, ''],
  ['at a zoom of 400 %', { width: 320, height: 256 }, ''],
  ['with text of 200 %', { width: 1280, height: 1024 }, 'html { font-size: 200% }'],
  [
    'with the text spacing of WCAG 1.4.12',
    { width: 390, height: 844 },
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }' +
      ' p { margin-bottom: 2em !important }',
  ],
]

/** What axe-core finds, with the elements that it is found in. */
export async function violationsIn(page: Page): Promise<unknown[]> {
  await page.evaluate(axe.source)
  const result = await page.evaluate(() => globalThis.axe.run())
  return result.violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])
}

/**
 * What is clipped or scrolls sideways with that style, open shadow roots included. `except` is a selector of what is meant
 * to scroll and of what only screen readers get; default: inputs alone.
 */
export async function layoutFaults(page: Page, style = '', except = 'input'): Promise<unknown[]> {
  if (style !== '') await page.addStyleTag({ content: style })
  // What measures itself takes its new width before the next frame.
  await page.waitForTimeout(100)
  const isTooWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
  const clipped = await page.evaluate<string[]>(`(${findClipped})(${JSON.stringify(except)})`)
  return [...(isTooWide ? ['The page scrolls sideways.'] : []), ...clipped]
}

// A program as text: pages are not compiled with these tests.
const findClipped = `except => {
  const all = root => [...root.querySelectorAll('*')]
    .filter(each => each.closest(except) === null)
    .flatMap(each => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])])
  return all(document.body)
    .filter(each => each instanceof HTMLElement && each.checkVisibility())
    .filter(each => getComputedStyle(each).display !== 'inline' && each.clientWidth > 0)
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => each.outerHTML.slice(0, 120))
}`
