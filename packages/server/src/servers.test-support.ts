import { createServer, request } from 'node:http'
import type { IncomingMessage, RequestListener, RequestOptions, Server, ServerOptions } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** Serves until the test is over. Resolves to the port. */
export async function serve(listener: RequestListener, options: ServerOptions = {}): Promise<number> {
  const server = createServer(options, listener)
  servers.push(server)
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** An answer whose body is read only when somebody reads it. */
export function open(
  port: number,
  path: string,
  options: Omit<RequestOptions, 'headers'> & { readonly headers?: Readonly<Record<string, string>> } = {},
  body?: string | Buffer,
): Promise<IncomingMessage> {
  const headers = { 'sec-fetch-site': 'same-origin', 'x-evergrant': '1', ...options.headers }
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false, ...options, headers }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

export async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += chunk as string
  return text
}

/** Writes bytes to a socket of its own. Resolves to everything that comes back until the other side closes. */
export function raw(port: number, bytes: string): Promise<string> {
  return new Promise(resolve => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => void socket.write(bytes))
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
    socket.on('error', () => resolve(text)).on('close', () => resolve(text))
  })
}
