// The process of the demo: Next in production mode on one port. Its parent starts it, see start.js.
import { fileURLToPath } from 'node:url'
import { serveNext } from '@evergrant/page-kit/next'
import next from 'next'

serveNext({
  next,
  dir: fileURLToPath(new URL('.', import.meta.url)),
  title: 'This demo',
  onPort: port => {
    // Auth.js makes its redirect URI of it. Next calls 127.0.0.1 localhost in route handlers, and only there: with any
    // other name the redirect URI of the token request would not be that of the authorization request.
    process.env['AUTH_URL'] = `http://localhost:${port}`
  },
})
