import { Server, Socket } from 'node:net'

// Set up before every unit test file: a test that reaches for the network or opens a port fails, whatever client or
// server it uses.
const refuse = (what: string): never => {
  throw new Error(
    `A unit test tried to reach the network (${what}). Inject a fetch, or make it an end-to-end test.`,
  )
}

globalThis.fetch = async input => refuse(input instanceof Request ? input.url : String(input))
Socket.prototype.connect = () => refuse('a socket')
Server.prototype.listen = () => refuse('a port of its own')
