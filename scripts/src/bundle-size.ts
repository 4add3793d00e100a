import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { rolldown } from 'rolldown'

/** What a program costs. */
export interface BundledProgram {
  readonly title: string
  readonly program: string
  readonly platform?: 'browser' | 'node' | undefined
  /** What the application has anyway. */
  readonly external?: readonly RegExp[] | undefined
  /** The budget that was set, in bytes; undefined: none. */
  readonly budgetBytes?: number | undefined
  /** More than this fails, in bytes: measured, and 3 %. */
  readonly limitBytes: number
}

const entry = join(import.meta.dirname, 'bundled-entry.ts')

/** Bundles a program as an application's bundler does, minified, and returns its size with brotli, in bytes. */
export async function bundleSize({
  program,
  platform = 'browser',
  external = [],
}: BundledProgram): Promise<number> {
  const build = await rolldown({
    input: entry,
    external: [...external],
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
  return brotliCompressSync(output[0].code).length
}
