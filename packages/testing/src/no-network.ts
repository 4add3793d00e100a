import { Socket } from 'node:net'

// Set up before every unit test file: a test that reaches for the network fails, whatever client it uses.
const refuse = (what: string): never => {
  throw new Error(
    `A unit test tried to reach the network (${what}). Inject a fetch, or make it an end-to-end test.`,
  )
}

globalThis.fetch = async input => refuse(input instanceof Request ? input.url : String(input))
Socket.prototype.connect = () => refuse('a socket')
