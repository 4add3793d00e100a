import type { IncomingMessage } from 'node:http'

const untouched = new WeakMap<
  ReadableStream<Uint8Array>,
  { message: IncomingMessage; isTouched: () => boolean }
>()

/**
 * Makes a stream of a message's body. Nothing is read ahead. A connection that breaks makes the stream fail; cancelling
 * it closes the connection.
 */
export function nodeBodyStream(message: IncomingMessage): ReadableStream<Uint8Array> {
  let isTouched = false
  const watch = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    let isOver = false
    const end = (finish: () => void): void => {
      if (isOver) return
      isOver = true
      finish()
    }
    message.on('data', (chunk: Uint8Array) => {
      if (isOver) return
      message.pause()
      controller.enqueue(chunk)
    })
    message.once('end', () => end(() => controller.close()))
    message.once('close', () => end(() => controller.error(new Error('The connection broke.'))))
  }
  // An error without a listener would end the process; "close" follows and tells the reader.
  message.on('error', () => undefined)
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: controller => {
        if (!isTouched) {
          isTouched = true
          // What broke before anybody read has no event left to tell it.
          if (message.destroyed && !message.readableEnded) {
            controller.error(new Error('The connection broke.'))
            return
          }
          watch(controller)
        }
        message.resume()
      },
      cancel: () => {
        isTouched = true
        message.destroy()
      },
    },
    { highWaterMark: 0 },
  )
  untouched.set(stream, { message, isTouched: () => isTouched })
  return stream
}

/** Takes the message behind a stream of {@link nodeBodyStream} that nobody has read from; undefined for any other. */
export function takeNodeBody(stream: ReadableStream<Uint8Array> | null): IncomingMessage | undefined {
  const entry = stream === null ? undefined : untouched.get(stream)
  if (stream === null || entry === undefined || stream.locked || entry.isTouched()) return undefined
  untouched.delete(stream)
  return entry.message
}
