import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import type { InlineConfig } from 'vite'

/** Options of {@link buildPage}. */
export interface BuildPageOptions {
  /** The application, with its `index.html`. */
  readonly root: string
  /** Where the page goes. */
  readonly outDir: string
  /** `development`: with React's warnings, and from the sources of our packages. */
  readonly mode: 'production' | 'development'
}

/** Builds the page and renders its first sight (`src/page/prerender.tsx`) into it, so that something is shown before any script runs. */
export async function buildPage({ root, outDir, mode }: BuildPageOptions): Promise<void> {
  const isDevelopment = mode === 'development'
  const shared: InlineConfig = {
    root,
    mode,
    logLevel: 'warn',
    ...(isDevelopment && { resolve: { conditions: ['evergrant-src', 'module', 'browser', 'development'] } }),
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
  }
  await build({ ...shared, build: { outDir, minify: !isDevelopment } })
  // Inside of the application, so that what it imports is found.
  const temporary = await mkdtemp(join(root, 'node_modules', '.prerender-'))
  try {
    await build({
      ...shared,
      ...(isDevelopment && { ssr: { resolve: { conditions: ['evergrant-src', 'module', 'node', mode] } } }),
      build: { outDir: temporary, ssr: 'src/page/prerender.tsx', minify: false },
    })
    const { prerender } = (await import(pathToFileURL(join(temporary, 'prerender.js')).href)) as {
      prerender: () => string
    }
    const file = join(outDir, 'index.html')
    const html = await readFile(file, 'utf8')
    await writeFile(
      file,
      html.replace('<!--page-->', () => prerender()),
    )
  } finally {
    await rm(temporary, { recursive: true })
  }
}
