import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { answerControl } from './control.ts'
import { createEmulator } from './emulator.ts'
import type { Emulator } from './emulator.ts'
import { ConnectionReset } from './http/connection-reset.ts'
import { ownHosts } from './http/own-hosts.ts'
import { json } from './http/responses.ts'

/** Options of {@link startEmulatorServer}. */
export interface EmulatorServerOptions {
  /** Default 0, which takes any free port. */
  readonly port?: number | undefined
  /**
   * The address to listen on; default `127.0.0.1`, so that nobody else on the network gets in. On loopback, requests
   * for a name that is neither this one nor loopback's are answered 421: a web page may have pointed it here.
   */
  readonly host?: string | undefined
  /** Default a new one. */
  readonly emulator?: Emulator | undefined
}

/** A running server. */
export interface EmulatorServer {
  /** `http://127.0.0.1:4010`, without a trailing slash. */
  readonly url: string
  readonly emulator: Emulator
  /** Stops listening and drops open connections. */
  readonly close: () => Promise<void>
}

const maxBodyBytes = 1_048_576

/**
 * Serves an emulator over HTTP: providers at `/<provider>/…`, an overview at `/`, control below `/_control/`.
 * @throws {Error} the port is taken or may not be used; the message names it
 */
export async function startEmulatorServer(options: EmulatorServerOptions = {}): Promise<EmulatorServer> {
  const { port = 0, host = '127.0.0.1', emulator = createEmulator() } = options
  const server = createServer()
  const { address, family, port: actualPort } = await listen(server, port, host)
  const isOwnHost = ownHosts(host, address)
  server.on('request', (incoming, outgoing) => {
    respond(emulator, isOwnHost, incoming, outgoing).catch((error: unknown) => {
      if (error instanceof ConnectionReset) return void incoming.socket.resetAndDestroy()
      // A connection that broke is nobody's business; whatever else fails must not look like an answer.
      outgoing.destroy(error instanceof Error ? error : undefined)
    })
  })
  const shownHost = family === 'IPv6' ? `[${address}]` : address
  return { url: `http://${shownHost}:${actualPort}`, emulator, close: () => close(server) }
}

async function respond(
  emulator: Emulator,
  isOwnHost: (hostname: string) => boolean,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = await toRequest(incoming, isOwnHost)
  const response =
    request instanceof Response
      ? request
      : ((await answerControl(emulator, request)) ?? (await emulator.handle(request)))
  await send(response, incoming, outgoing)
}

/** Turns Node's request into a web Request, or into the response that refuses it. */
async function toRequest(
  incoming: IncomingMessage,
  isOwnHost: (hostname: string) => boolean,
): Promise<Request | Response> {
  const { method = 'GET', url = '/' } = incoming
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
  }
  const target = parseTarget(url, incoming.headers.host)
  if (!target) return json(400, { error: 'The Host header or the request target is malformed.' })
  if (!isOwnHost(target.hostname)) {
    return json(421, { error: 'This server is for this machine only: use localhost or 127.0.0.1.' })
  }
  // The Fetch Standard forbids it, and no provider has it.
  if (method === 'TRACE') return json(405, { error: 'TRACE is not supported.' })
  if (method === 'GET' || method === 'HEAD') return new Request(target, { method, headers })
  const body = await readBody(incoming)
  if (!body) return json(413, { error: `The body exceeds ${maxBodyBytes} bytes.` })
  return new Request(target, { method, headers, body })
}

function parseTarget(path: string, host: string | undefined): URL | undefined {
  const base = `http://${host ?? ''}`
  return path.startsWith('/') && URL.canParse(base) && URL.canParse(base + path)
    ? new URL(base + path)
    : undefined
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    length += chunk.length
    // Read on without keeping: a client that is still sending would not see the answer.
    if (length <= maxBodyBytes) chunks.push(chunk)
    else chunks.length = 0
    if (length > maxBodyBytes * 16) return undefined
  }
  if (length > maxBodyBytes) return undefined
  const body = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return body
}

async function send(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (response.body && incoming.method !== 'HEAD') {
    const reader = response.body.getReader()
    // A client that hangs up must also stop whatever produces the body, even in the middle of a wait.
    outgoing.once('close', () => void reader.cancel().catch(() => {}))
    await pipeline(Readable.from(chunksOf(reader)), outgoing)
  } else {
    outgoing.end()
  }
}

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(explain(error, port, host)))
    server.listen(port, host, () => {
      const address = server.address()
      if (typeof address === 'object' && address) resolve(address)
      else reject(new Error(`Port ${port} on ${host} has no address.`))
    })
  })
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is already in use.`,
    EACCES: `Port ${port} on ${host} may not be used by this user.`,
    EADDRNOTAVAIL: `This machine has no address ${host}, so port ${port} cannot be opened there.`,
  }
  const message = reasons[error.code ?? ''] ?? `Cannot listen on port ${port} of ${host}.`
  return new Error(message, { cause: error })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close(error => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}
