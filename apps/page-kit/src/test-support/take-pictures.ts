import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { launchBrowser, program } from './machine-browser.ts'

/** One picture of the documentation. */
export interface Picture {
  readonly screen: 'desktop' | 'phone'
  readonly colorScheme: 'light' | 'dark'
  /** Of the browser that it is taken with. */
  readonly options: BrowserContextOptions & { readonly viewport: { width: number; height: number } }
  /** The file of a picture by that name, in this theme. */
  readonly fileOf: (name: string) => string
}

const directory = fileURLToPath(new URL('../../../../docs/images/', import.meta.url))

/**
 * Takes the pictures of a page: both themes, on a desktop of that height (in CSS pixels) and on a phone. One after the other,
 * unless `isAtOnce`.
 */
export async function takePictures(
  desktopHeight: number,
  take: (browser: Browser, picture: Picture) => Promise<void>,
  isAtOnce = false,
): Promise<void> {
  if (program === undefined) throw new Error('There is no chromium to take screenshots with.')
  const browser = await launchBrowser()
  const pictures = picturesOf(desktopHeight)
  try {
    if (isAtOnce) await Promise.all(pictures.map(each => take(browser, each)))
    else for (const picture of pictures) await take(browser, picture)
  } finally {
    await browser.close()
  }
}

function picturesOf(desktopHeight: number): readonly Picture[] {
  const screens = [
    ['desktop', { viewport: { width: 1280, height: desktopHeight } }],
    ['phone', { viewport: { width: 390, height: 1500 }, isMobile: true, hasTouch: true }],
  ] as const
  return screens.flatMap(([screen, options]) =>
    (['light', 'dark'] as const).map(colorScheme => ({
      screen,
      colorScheme,
      options: { ...options, colorScheme, reducedMotion: 'reduce' as const },
      fileOf: name => `${directory}${name}-${colorScheme}.png`,
    })),
  )
}
