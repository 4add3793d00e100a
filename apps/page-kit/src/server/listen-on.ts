import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const host = '127.0.0.1'

/** Where a server listens. */
export interface Listening {
  /** Without a slash at its end. */
  readonly url: string
  /** What browsers call it: by its address, and by `localhost`. */
  readonly origins: readonly string[]
}

/**
 * Opens a port of loopback; 0 takes any free one.
 * @throws {Error} the port cannot be used; the message says what to do
 */
export function listenOn(server: Server, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be opened (${error.code})`
      reject(new Error(`Port ${port} ${reason}: choose another one, such as PORT=3001.`))
    })
    server.listen(port, host, () => {
      const actual = (server.address() as AddressInfo).port
      const url = `http://${host}:${actual}`
      resolve({ url, origins: [url, `http://localhost:${actual}`] })
    })
  })
}
