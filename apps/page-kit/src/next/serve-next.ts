import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Next, as its package gives it. */
type CreateNext = (options: { dev: false; dir: string; hostname: string; port: number }) => {
  prepare(): Promise<void>
  getRequestHandler(): RequestListener
}

/** Options of {@link serveNext}. */
export interface ServeNextOptions {
  readonly next: CreateNext
  /** Where the built application is. */
  readonly dir: string
  /** What it is called where it refuses an answer: `This demo`. */
  readonly title: string
  /** Told the port before Next is. */
  readonly onPort?: ((port: number) => void) | undefined
}

/**
 * Runs Next in production mode on `HOST` and `PORT`, to this machine's names only. It is all that a process does, which
 * `startServer` started: tells it the port, or why there is none, and ends with it.
 */
export function serveNext({ next, dir, title, onPort }: ServeNextOptions): void {
  const hostname = process.env['HOST'] ?? '127.0.0.1'
  const server = createServer()
  const serve = async (): Promise<void> => {
    const { port } = server.address() as AddressInfo
    onPort?.(port)
    // Told only now: Next fetches pages from itself, and port 0 is none.
    const app = next({ dev: false, dir, hostname, port })
    await app.prepare()
    const handle = app.getRequestHandler()
    server.on('request', (request, response) => {
      if (isOwnHost(request.headers.host, hostname)) handle(request, response)
      else
        response.writeHead(421, { 'content-type': 'text/plain' }).end(`${title} is for this machine only.\n`)
    })
    process.send?.({ port })
  }
  const stop = (): void => {
    // Streams of events would keep it open for ever.
    server.closeAllConnections()
    server.close(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Nobody is left to stop it.
  process.once('disconnect', stop)
  server.once('error', fail)
  server.listen(Number(process.env['PORT'] ?? 3000), hostname, () => void serve().catch(fail))
}

/** A page of another name may have been pointed at this machine (DNS rebinding). `name`: a `Host` header. */
function isOwnHost(name: string | undefined, hostname: string): boolean {
  const url = `http://${name}`
  return URL.canParse(url) && [hostname, '127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}

function fail(error: unknown): void {
  process.send?.({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
}
