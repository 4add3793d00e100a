import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import express, { Router } from 'express'
import { revalidate } from './security-headers.ts'

/** Serves the built modules of `@evergrant/timeline`, and nothing else of the package. */
export function timelineFiles(): Router {
  // The entry is below `src` where sources are preferred (in development); the browser needs what was built of it.
  const entry = createRequire(import.meta.url).resolve('@evergrant/timeline')
  const directory = join(dirname(dirname(entry)), 'dist')
  const routes = Router()
  const serve = express.static(directory, { cacheControl: false, setHeaders: revalidate, index: false })
  routes.get(/^\/[a-z-]+\.js$/, serve)
  return routes
}
