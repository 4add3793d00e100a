import express from 'express'
import type { Express, RequestHandler, Response } from 'express'
import { ownHostOnly } from './own-page-only.ts'
import { securityHeaders } from './security-headers.ts'

/** Options of {@link pageApp}. */
export interface PageAppOptions {
  /** Where the built page is. */
  readonly pageDirectory: string
  /** The origins that the page calls, beside its own. */
  readonly origins: readonly string[]
  /** What the server tells the page about itself, at `/api/settings`. */
  readonly settings: object
}

/** Creates an Express application that serves a page to this machine alone. Its routes go below `/api`. */
export function pageApp({ pageDirectory, origins, settings }: PageAppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders(origins), ownHostOnly)
  app.use(express.static(pageDirectory, { cacheControl: false, setHeaders: revalidate }))
  app.use('/api', noStore)
  app.get('/api/settings', (_request, response) => void response.json(settings))
  return app
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}

// Names of scripts and styles change with what is in them; caches ask for the page itself.
function revalidate(response: Response, path: string): void {
  const isLasting = /[\\/]assets[\\/][^\\/]+$/.test(path)
  response.set('Cache-Control', isLasting ? 'public, max-age=31536000, immutable' : 'no-cache')
}
