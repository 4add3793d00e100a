import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { startRedis } from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'
import { Redis } from 'ioredis'

/** A master and the replica that takes its place. Clients know one address, which leads to whoever is in charge. */
export interface RedisReplica {
  readonly port: number
  /** The replica hears no more of what is written, and has everything that was. */
  readonly cutOff: () => Promise<void>
  /** The master dies, and its clients find the former replica in its place. */
  readonly failOver: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts them, behind a forwarder. */
export async function startRedisReplica(): Promise<RedisReplica> {
  const [master, replica] = [await startRedis(), await startRedis()]
  const [atMaster, atReplica] = [clientOf(master), clientOf(replica)]
  await atReplica.replicaof('127.0.0.1', master.port)
  await untilFollowing(atMaster, atReplica)
  const forwarder = await Forwarder.start(master.port)
  return {
    port: forwarder.port,
    cutOff: async () => {
      await untilFollowing(atMaster, atReplica)
      await atReplica.replicaof('NO', 'ONE')
    },
    failOver: async () => {
      atMaster.disconnect()
      await master.kill()
      forwarder.turnTo(replica.port)
    },
    stop: async () => {
      for (const client of [atMaster, atReplica]) client.disconnect()
      await forwarder.close()
      for (const server of [master, replica]) await server.stop()
    },
  }
}

function clientOf({ port }: StartedServer): Redis {
  const client = new Redis(port, '127.0.0.1')
  client.on('error', () => undefined)
  return client
}

async function untilFollowing(atMaster: Redis, atReplica: Redis): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const [here, there] = [await atMaster.info('replication'), await atReplica.info('replication')]
    const isLinked = there.includes('master_link_status:up')
    if (isLinked && offsetIn(here, 'master_repl_offset') === offsetIn(there, 'slave_repl_offset')) return
    await wait(25)
  }
  throw new Error('The Redis replica does not follow.')
}

function offsetIn(info: string, name: string): string | undefined {
  return new RegExp(`${name}:(\\d+)`).exec(info)?.[1]
}

/** Passes bytes on to a port that can be changed. */
class Forwarder {
  readonly #server: Server = createServer(socket => this.#pass(socket))
  readonly #sockets = new Set<Socket>()
  #target: number

  private constructor(target: number) {
    this.#target = target
  }

  static async start(target: number): Promise<Forwarder> {
    const forwarder = new Forwarder(target)
    await new Promise<void>(resolve => forwarder.#server.listen(0, '127.0.0.1', resolve))
    return forwarder
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on connections lead there; those that are open break. */
  turnTo(target: number): void {
    this.#target = target
    this.#drop()
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#drop()
    await closed
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(inner: Socket): void {
    const outer = connect(this.#target, '127.0.0.1')
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
}
