import { Listeners } from './listeners.ts'
import type { Listener } from './listeners.ts'

/** A connection of `pg` for messages alone: `new Client(…)`, not connected yet. */
export interface PgListener {
  connect(): Promise<unknown>
  query(text: string): Promise<unknown>
  on(event: string, handler: (value: { payload?: string | undefined }) => void): unknown
  end(): Promise<unknown>
  unref?(): void
}

/** What listens with `postgres` (postgres.js): it opens a connection of its own. */
export interface PostgresJsListener {
  listen(
    channel: string,
    onNotify: (payload: string) => void,
    onListen?: () => void,
  ): PromiseLike<{ unlisten(): Promise<unknown> }>
}

/** How watches get a connection: makes a client of `pg`, or a client of `postgres`. */
export type PostgresListen = (() => PgListener) | PostgresJsListener

/** Tells whether `value` can listen. */
export function isListen(value: unknown): value is PostgresListen {
  return typeof value === 'function' || typeof (value as { listen?: unknown } | null)?.listen === 'function'
}

const longestPauseMs = 30_000

/** One connection that hears which keys changed, for all watches of a store. */
export class PostgresWatch {
  readonly #listeners = new Listeners()
  readonly #listen: PostgresListen
  readonly #channel: string
  #stop: (() => void) | undefined

  constructor(listen: PostgresListen, channel: string) {
    this.#listen = listen
    this.#channel = channel
  }

  add(listener: Listener): Disposable {
    const added = this.#listeners.add(listener)
    this.#stop ??= this.#start()
    return {
      [Symbol.dispose]: () => {
        added[Symbol.dispose]()
        if (!this.#listeners.isEmpty) return
        this.#stop?.()
        this.#stop = undefined
      },
    }
  }

  // An empty message is a key that was too long for one.
  readonly #tell = (payload?: string): void => this.#listeners.tell(payload === '' ? undefined : payload)

  #start(): () => void {
    return 'listen' in this.#listen ? this.#startPostgresJs(this.#listen) : this.#startPg(this.#listen)
  }

  #startPostgresJs(client: PostgresJsListener): () => void {
    // It connects again by itself, and calls the last function each time.
    const listening = Promise.resolve(client.listen(this.#channel, this.#tell, () => this.#tell()))
    listening.catch(() => this.#tell())
    return () => void listening.then(subscription => subscription.unlisten()).catch(() => undefined)
  }

  #startPg(connect: () => PgListener): () => void {
    let client: PgListener | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let [isStopped, pauseMs] = [false, 500]
    const open = async (): Promise<void> => {
      const opened = connect()
      client = opened
      let isOver = false
      const again = (): void => {
        if (isOver) return
        isOver = true
        void opened.end().catch(() => undefined)
        if (isStopped) return
        this.#tell()
        timer = setTimeout(() => void open(), pauseMs)
        // A watch alone keeps no process alive.
        timer.unref()
        pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      }
      opened.on('error', again)
      opened.on('end', again)
      opened.on('notification', ({ payload }) => this.#tell(payload))
      try {
        await opened.connect()
        await opened.query(`listen "${this.#channel}"`)
        opened.unref?.()
        pauseMs = 500
        this.#tell()
      } catch {
        again()
      }
    }
    void open()
    return () => {
      isStopped = true
      clearTimeout(timer)
      void client?.end().catch(() => undefined)
    }
  }
}
