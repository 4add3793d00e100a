import type { BuildEnvironmentOptions } from 'vite'

/** How Vite builds the page of a demo. */
export const pageBuild: BuildEnvironmentOptions = {
  outDir: 'dist/page',
  emptyOutDir: true,
  // A data URL would need a wider policy than 'self'.
  assetsInlineLimit: 0,
  modulePreload: { polyfill: false },
  rolldownOptions: {
    onLog: (level, log, next) => {
      // 'use client' means nothing here.
      if (log.code !== 'MODULE_LEVEL_DIRECTIVE') next(level, log)
    },
  },
}
