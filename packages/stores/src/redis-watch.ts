import { Listeners } from './listeners.ts'
import type { Listener } from './listeners.ts'
import { textOf } from './redis-client.ts'
import type { RedisCommands } from './redis-client.ts'

type Handler = (...parameters: unknown[]) => void

/** A second connection of either library, for messages. */
interface Subscriber {
  on(event: string, handler: Handler): unknown
  subscribe(channel: string, handler?: Handler): Promise<unknown>
  connect?(): Promise<unknown>
  unref?(): void
  readonly stream?: { unref?(): void } | undefined
  destroy?(): void
  disconnect?(): unknown
}

/** One connection that hears which keys changed, for all watches of a store. */
export class RedisWatch {
  readonly #listeners = new Listeners()
  readonly #commands: RedisCommands
  readonly #channel: string
  #subscriber: Subscriber | undefined

  constructor(commands: RedisCommands, channel: string) {
    this.#commands = commands
    this.#channel = channel
  }

  add(listener: Listener): Disposable {
    const added = this.#listeners.add(listener)
    if (this.#subscriber === undefined) this.#start()
    return {
      [Symbol.dispose]: () => {
        added[Symbol.dispose]()
        if (this.#listeners.isEmpty) this.#stop()
      },
    }
  }

  #start(): void {
    const subscriber = this.#commands.duplicate?.() as Subscriber
    this.#subscriber = subscriber
    // Without a listener an error of this connection would end the process; both libraries connect again by themselves.
    subscriber.on('error', () => this.#listeners.tell(undefined))
    subscriber.on('ready', () => {
      // A watch alone keeps no process alive.
      subscriber.unref?.()
      subscriber.stream?.unref?.()
      this.#listeners.tell(undefined)
    })
    this.#subscribe(subscriber).catch(() => this.#listeners.tell(undefined))
  }

  async #subscribe(subscriber: Subscriber): Promise<void> {
    if (this.#commands.isNodeRedis) {
      await subscriber.connect?.()
      await subscriber.subscribe(this.#channel, message => this.#listeners.tell(textOf(message)))
      return
    }
    subscriber.on('message', (_channel, message) => this.#listeners.tell(textOf(message)))
    await subscriber.subscribe(this.#channel)
  }

  #stop(): void {
    const subscriber = this.#subscriber
    this.#subscriber = undefined
    try {
      if (this.#commands.isNodeRedis) subscriber?.destroy?.()
      else subscriber?.disconnect?.()
    } catch {
      // It was not even connected.
    }
  }
}
