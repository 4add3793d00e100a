import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Reach } from './death-points.test-support.ts'

/** Kills or warns the process behind the gate, and says whether it is alive afterwards. */
type Strike = () => Promise<boolean>

/** One write that is to be cut on its way. */
interface Cut {
  readonly writeId: string
  readonly reach: Reach
  readonly strike: Strike
}

/** Stands between a process and its store's server, and sees which bytes have passed when the process dies. */
export class DeathGate {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cut: Cut | undefined

  private constructor(port: number) {
    this.#server = createServer(client => this.#pass(client, connect(port, '127.0.0.1')))
  }

  /** Opens a gate in front of a port of this machine. */
  static async open(port: number): Promise<DeathGate> {
    const gate = new DeathGate(port)
    gate.#server.listen(0, '127.0.0.1')
    await once(gate.#server, 'listening')
    return gate
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Cuts the write with that id, when it comes by. */
  cut(writeId: string, reach: Reach, strike: Strike): void {
    this.#cut = { writeId, reach, strike }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #pass(client: Socket, server: Socket): void {
    let isAnswerHeld: Strike | undefined
    let tail = ''
    this.#join(client, server)
    client.on('data', chunk => {
      const cut = this.#cut
      // The id may stand across two chunks.
      const text = tail + chunk.toString('latin1')
      tail = text.slice(-100)
      if (cut === undefined || !text.includes(cut.writeId)) return void server.write(chunk)
      this.#cut = undefined
      if (cut.reach === 'done') isAnswerHeld = cut.strike
      if (cut.reach === 'done' || cut.reach === 'raced') server.write(chunk)
      if (cut.reach === 'raced') void cut.strike()
      if (cut.reach === 'torn') this.#withhold(client, server, chunk, Math.floor(chunk.length / 2), cut)
      if (cut.reach === 'lost') this.#withhold(client, server, chunk, 0, cut)
    })
    server.on('data', chunk => {
      if (isAnswerHeld === undefined) return void client.write(chunk)
      const strike = isAnswerHeld
      isAnswerHeld = undefined
      this.#withhold(server, client, chunk, 0, { strike })
    })
  }

  /** Passes the beginning of a chunk on, and the rest only if the process survives. */
  #withhold(from: Socket, to: Socket, chunk: Buffer, passed: number, { strike }: Pick<Cut, 'strike'>): void {
    from.pause()
    if (passed > 0) to.write(chunk.subarray(0, passed))
    void strike().then(isAlive => {
      if (!isAlive) return
      to.write(chunk.subarray(passed))
      from.resume()
    })
  }

  #join(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
  }
}
