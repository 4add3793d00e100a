// The process of the demo: Next in production mode on one port. Its parent starts it with `fork`, see start.js.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import next from 'next'

const dir = fileURLToPath(new URL('.', import.meta.url))
const hostname = process.env['HOST'] ?? '127.0.0.1'
const server = createServer()

/**
 * A page of another name may have been pointed at this machine.
 * @param {string | undefined} name a `Host` header
 */
function isOwnHost(name) {
  const url = `http://${name}`
  return URL.canParse(url) && [hostname, '127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}

/** @param {unknown} error */
function fail(error) {
  process.send?.({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
}

function stop() {
  server.closeAllConnections()
  server.close(() => process.exit(0))
}

async function serve() {
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  // Auth.js makes its redirect URI of it. Next calls 127.0.0.1 localhost in route handlers, and only there: with any other
  // name the redirect URI of the token request would not be that of the authorization request.
  process.env['AUTH_URL'] = `http://localhost:${port}`
  const app = next({ dev: false, dir, hostname, port })
  await app.prepare()
  const handle = app.getRequestHandler()
  server.on('request', (request, response) => {
    if (isOwnHost(request.headers.host)) void handle(request, response)
    else
      response.writeHead(421, { 'content-type': 'text/plain' }).end('This demo is for this machine only.\n')
  })
  process.send?.({ port })
}

process.once('SIGTERM', stop)
process.once('SIGINT', stop)
// Nobody is left to stop it.
process.once('disconnect', stop)
server.once('error', fail)
server.listen(Number(process.env['PORT'] ?? 3000), hostname, () => void serve().catch(fail))
