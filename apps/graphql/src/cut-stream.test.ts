import { describe, expect, test } from 'vitest'
import { cutStream } from './cut-stream.ts'

const encoder = new TextEncoder()

/** A stream that yields what is pushed, and tells when its reader leaves. */
function createBench(): {
  readonly push: (text: string) => void
  readonly close: () => void
  readonly end: AbortController
  readonly cut: Response
  readonly left: () => boolean
} {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let isLeft = false
  const body = new ReadableStream<Uint8Array>({
    start: given => void (controller = given),
    cancel: () => void (isLeft = true),
  })
  const end = new AbortController()
  const headers = { 'content-type': 'text/event-stream' }
  return {
    push: text => controller?.enqueue(encoder.encode(text)),
    close: () => controller?.close(),
    end,
    cut: cutStream(new Response(null, { headers }), body, end.signal),
    left: () => isLeft,
  }
}

describe('a stream that may be cut', () => {
  test('passes everything, headers included', async () => {
    const { push, close, cut } = createBench()
    push('a')
    push('b')
    close()
    expect([cut.headers.get('content-type'), await cut.text()]).toEqual(['text/event-stream', 'ab'])
  })

  test('stops where it is cut, and lets go of its source', async () => {
    const { push, cut, end, left } = createBench()
    push('a')
    const reader = cut.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('a')
    end.abort()
    expect([(await reader?.read())?.done, left()]).toEqual([true, true])
  })

  test('is not cut after it ended, or after its reader left', async () => {
    const ended = createBench()
    ended.close()
    await ended.cut.text()
    const deserted = createBench()
    await deserted.cut.body?.cancel()
    expect(() => [ended, deserted].map(({ end }) => end.abort())).not.toThrow()
    expect(deserted.left()).toBe(true)
  })
})
