import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const host = '127.0.0.1'

/**
 * Listens on loopback. Resolves to the address.
 * @throws {Error} the port cannot be used; the message says why, and ends with `advice`
 */
export function listen(server: Server, port: number, advice: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, advice)))
    server.listen(port, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`))
  })
}

function explain(error: NodeJS.ErrnoException, port: number, advice: string): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(`Port ${port} is already in use: stop what uses it, or ${advice}`)
  if (error.code === 'EACCES') return new Error(`Port ${port} may not be used by this user: ${advice}`)
  return new Error(`Port ${port} cannot be opened (${error.code ?? error.message}): ${advice}`)
}
