import { describe, expect, test } from 'vitest'
import { BodyLimitError, readBoundedText } from './bounded-body.ts'

const mebibyte = 1_048_576

interface Source {
  readonly response: Response
  readonly pulls: () => number
  readonly isCancelled: () => boolean
}

/** A response whose body gives `chunk(n)` until it is undefined. */
function streamed(
  chunk: (index: number) => Uint8Array | undefined,
  onCancel: () => unknown = () => undefined,
): Source {
  let [pulls, isCancelled] = [0, false]
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const value = chunk(pulls++)
        if (value) controller.enqueue(value)
        else controller.close()
      },
      cancel() {
        isCancelled = true
        return onCancel() as Promise<void>
      },
    },
    { highWaterMark: 0 },
  )
  return { response: new Response(body), pulls: () => pulls, isCancelled: () => isCancelled }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a bounded body', () => {
  test('is read to its end', async () => {
    expect(await readBoundedText(new Response('{"a":1}'))).toBe('{"a":1}')
  })

  test('that does not exist is empty', async () => {
    expect(await readBoundedText(new Response(null, { status: 204 }))).toBe('')
    expect(await readBoundedText(new Response(''))).toBe('')
  })

  test('keeps characters whole that chunks cut anywhere', async () => {
    const all = bytes('£€😀\uFFFDend')
    const { response } = streamed(index => (index < all.length ? all.slice(index, index + 1) : undefined))
    expect(await readBoundedText(response)).toBe('£€😀\uFFFDend')
  })

  test('replaces what is no UTF-8, also a character that the end cuts', async () => {
    const { response } = streamed(index =>
      index === 0 ? new Uint8Array([0x61, 0xff, 0xe2, 0x82]) : undefined,
    )
    expect(await readBoundedText(response)).toBe('a\uFFFD\uFFFD')
  })

  test('C7 of exactly 1 MiB is read, and one byte more is not', async () => {
    expect(await readBoundedText(new Response('x'.repeat(mebibyte)))).toHaveLength(mebibyte)
    await expect(readBoundedText(new Response('x'.repeat(mebibyte + 1)))).rejects.toThrow(BodyLimitError)
  })

  test('C7 counts bytes, not characters', async () => {
    await expect(readBoundedText(new Response('€'.repeat(mebibyte / 2)))).rejects.toThrow('more than 1 MiB')
  })

  test('F33 that never ends is cancelled after 1 MiB', async () => {
    const source = streamed(() => new Uint8Array(65_536))
    await expect(readBoundedText(source.response)).rejects.toThrow(BodyLimitError)
    expect(source.isCancelled()).toBe(true)
    expect(source.pulls()).toBe(17)
  })

  test.each([
    ['never answers the cancellation', () => new Promise(() => undefined)],
    ['fails the cancellation', () => Promise.reject(new Error('cannot cancel'))],
  ])('F33 that %s holds nobody up', async (_title, onCancel) => {
    const source = streamed(() => new Uint8Array(mebibyte), onCancel)
    await expect(readBoundedText(source.response)).rejects.toThrow('more than 1 MiB')
  })

  test.each(['gzip, gzip', 'gzip,br', 'br, gzip, deflate'])(
    'F31 encoded as %s is not read at all',
    async encoding => {
      const source = streamed(() => new Uint8Array(10))
      source.response.headers.set('content-encoding', encoding)
      await expect(readBoundedText(source.response)).rejects.toThrow('compressed more than once')
      expect([source.pulls(), source.isCancelled()]).toEqual([0, true])
    },
  )

  test('F31 encoded once is read: fetch has decoded it', async () => {
    const response = new Response('{}', { headers: { 'content-encoding': 'gzip' } })
    expect(await readBoundedText(response)).toBe('{}')
  })

  test('that breaks off rejects with the error of the stream', async () => {
    const body = new ReadableStream({ pull: controller => controller.error(new Error('terminated')) })
    await expect(readBoundedText(new Response(body))).rejects.toThrow('terminated')
  })
})
