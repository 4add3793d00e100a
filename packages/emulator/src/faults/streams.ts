import type { Schedule } from '../clock.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Where a source puts its chunks. After an abort it takes no more, and does not complain. */
interface Sink {
  readonly enqueue: (chunk: Bytes) => void
  readonly close: () => void
}

interface Source {
  readonly pull: (sink: Sink) => Promise<void>
  readonly cancel: () => void
}

/**
 * Whose signal ends a stream. The owner itself, because Node.js stops passing aborts on to a request's signal once the
 * request has been collected.
 */
export interface SignalOwner {
  readonly signal: AbortSignal
}

/** Nothing is produced before somebody reads. */
const lazily = { highWaterMark: 0 }

/** Sends bytes at a pace. The timer ends with whoever reads, or with the signal. */
export function slowly(
  bytes: Bytes,
  bytesPerSecond: number,
  schedule: Schedule,
  owner: SignalOwner,
): ReadableStream<Bytes> {
  // From ten bytes a second on, ten chunks a second.
  const chunkLength = Math.max(1, Math.round(bytesPerSecond / 10))
  let offset = 0
  let cancelTimer: (() => void) | undefined
  return abortable(owner, {
    pull: sink =>
      new Promise<void>(resolve => {
        const chunk = bytes.slice(offset, offset + chunkLength)
        cancelTimer = schedule(
          () => {
            offset += chunk.length
            if (chunk.length > 0) sink.enqueue(chunk)
            if (offset >= bytes.length) sink.close()
            resolve()
          },
          (chunk.length / bytesPerSecond) * 1_000,
        )
      }),
    cancel: () => cancelTimer?.(),
  })
}

/** Sends `start`, then `filling` until `fillingBytes` are out, then `end`. */
export function filled(
  start: string,
  filling: string,
  fillingBytes: number,
  end: string,
  owner: SignalOwner,
): ReadableStream<Bytes> {
  const encoder = new TextEncoder()
  const chunk = encoder.encode(filling.repeat(65_536))
  let left = fillingBytes
  let pulls = 0
  return abortable(owner, {
    pull: async sink => {
      pulls += 1
      // A network lets timers run between packets; a stream made of microtasks alone would starve them.
      if (pulls % 16 === 0) await turnOfTheEventLoop()
      if (pulls === 1) return sink.enqueue(encoder.encode(start))
      if (left > 0) {
        const length = Math.min(left, chunk.length)
        left -= length
        return sink.enqueue(chunk.slice(0, length))
      }
      sink.enqueue(encoder.encode(end))
      sink.close()
    },
    cancel: () => {},
  })
}

/** A stream that fails with the signal's reason once it aborts, as the body of a real `fetch` does. */
function abortable(owner: SignalOwner, source: Source): ReadableStream<Bytes> {
  let isOver = false
  let stop: (() => void) | undefined
  return new ReadableStream<Bytes>(
    {
      start: controller => {
        const abort = (): void => {
          isOver = true
          source.cancel()
          controller.error(owner.signal.reason)
        }
        stop = () => owner.signal.removeEventListener('abort', abort)
        if (owner.signal.aborted) abort()
        else owner.signal.addEventListener('abort', abort, { once: true })
      },
      pull: controller =>
        source.pull({
          enqueue: chunk => {
            if (!isOver) controller.enqueue(chunk)
          },
          close: () => {
            stop?.()
            if (!isOver) controller.close()
          },
        }),
      cancel: () => {
        isOver = true
        stop?.()
        source.cancel()
      },
    },
    lazily,
  )
}

function turnOfTheEventLoop(): Promise<void> {
  return new Promise(resolve => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve)
  })
}
