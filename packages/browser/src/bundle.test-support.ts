import { join } from 'node:path'
import { rolldown } from 'rolldown'

/** What a bundler makes of a program for browsers. */
export interface Bundle {
  readonly code: string
  /** The files that something was taken from. */
  readonly files: readonly string[]
}

const entry = join(import.meta.dirname, 'bundled-entry.ts')

/** Bundles a program that imports our packages, as a user's bundler does for `platform`. */
export async function bundle(program: string, platform: 'browser' | 'node' = 'browser'): Promise<Bundle> {
  const build = await rolldown({
    input: entry,
    external: ['react'],
    // It warns of 'use client', which has no meaning in a page.
    logLevel: 'silent',
    platform,
    resolve: { conditionNames: ['evergrant-src', platform, 'import', 'default'] },
    plugins: [
      {
        name: 'program',
        resolveId: id => (id === entry ? entry : null),
        load: id => (id === entry ? program : null),
      },
    ],
  })
  const { output } = await build.generate({ format: 'esm', minify: true })
  await build.close()
  const files = Object.entries(output[0].modules).filter(([, { renderedLength }]) => renderedLength > 0)
  return { code: output[0].code, files: files.map(([file]) => file) }
}

/** Runs a bundle that exports, and returns what it does. */
export async function load(code: string): Promise<Record<string, unknown>> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
  return (await import(/* @vite-ignore */ url)) as Record<string, unknown>
}
