import { SupersededError } from '@evergrant/core/source'
import { settle } from '@evergrant/testing'
import { describe, expect, test } from 'vitest'
import { continuedStream } from './continued-stream.ts'

/** A stream of events that a test writes. */
class Written {
  isCancelled = false
  readonly response: Response
  #controller!: ReadableStreamDefaultController<Uint8Array>

  constructor(init: ResponseInit = { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }) {
    const stream = new ReadableStream<Uint8Array>({
      start: controller => void (this.#controller = controller),
      cancel: () => void (this.isCancelled = true),
    })
    this.response = new Response(stream, init)
  }

  async write(text: string): Promise<void> {
    this.#controller.enqueue(new TextEncoder().encode(text))
    await settle()
  }

  async close(): Promise<void> {
    this.#controller.close()
    await settle()
  }

  async fail(): Promise<void> {
    this.#controller.error(new Error('broken'))
    await settle()
  }
}

/** The stream under test: what was read of it so far, and how to renew it. */
function read(first: Written, next: () => Promise<Response>) {
  const watches: { readonly onRenewed: () => void; isOver: boolean }[] = []
  const response = continuedStream(first.response, next, onRenewed => {
    const watch = { onRenewed, isOver: false }
    watches.push(watch)
    return () => (watch.isOver = true)
  })
  const reader = response.body!.getReader()
  const state = { text: '', end: undefined as unknown }
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      state.text += new TextDecoder().decode(value)
    }
  }
  pump().then(
    () => (state.end = 'closed'),
    (error: unknown) => (state.end = String(error)),
  )
  const renew = async (): Promise<void> => {
    watches.at(-1)?.onRenewed()
    await settle()
  }
  return { state, reader, renew, watches }
}

describe('a stream that is continued', () => {
  test('goes on with the next one, and leaves the first', async () => {
    const [first, second] = [new Written(), new Written()]
    const { state, renew, watches } = read(first, async () => second.response)
    await first.write('data: 1\n\n')
    await renew()
    expect(first.isCancelled).toBe(true)
    await second.write('data: 2\n\n')
    expect(state).toEqual({ text: 'data: 1\n\ndata: 2\n\n', end: undefined })
    expect(watches.length).toBe(2)
    await second.close()
    expect([state.end, watches[1]?.isOver]).toEqual(['closed', true])
  })

  test.each(['\n\n', '\r\n\r\n', '\r\r'])(
    'changes between two events that end in %j, not within one',
    async end => {
      const [first, second] = [new Written(), new Written()]
      const { state, renew } = read(first, async () => second.response)
      await first.write('data: 1\r')
      await first.write('\n')
      await renew()
      await second.write('data: 2\n\n')
      expect([first.isCancelled, state.text]).toEqual([false, 'data: 1\r\n'])
      await first.write(`data: more${end.slice(0, 1)}`)
      await first.write(end.slice(1))
      expect(first.isCancelled).toBe(true)
      expect(state.text).toBe(`data: 1\r\ndata: more${end}data: 2\n\n`)
    },
  )

  test.each<[string, () => Promise<Response>]>([
    ['fails', () => Promise.reject(new Error('down'))],
    ['is refused', async () => new Response('no', { status: 401 })],
    ['is no stream', async () => Response.json({})],
  ])('stays as it is if the next one %s', async (_title, next) => {
    const first = new Written()
    const { state, renew } = read(first, next)
    await renew()
    await first.write('data: 1\n\n')
    expect([first.isCancelled, state]).toEqual([false, { text: 'data: 1\n\n', end: undefined }])
  })

  test('C74 ends with its error if somebody else has signed in, and leaves the first one', async () => {
    const first = new Written()
    const superseded = new SupersededError('Somebody else signed in.')
    const { state, renew, watches } = read(first, () => Promise.reject(superseded))
    await first.write('data: 1\n\n')
    await renew()
    expect([state.text, state.end]).toEqual(['data: 1\n\n', String(superseded)])
    expect([first.isCancelled, watches[0]?.isOver]).toEqual([true, true])
  })

  test('ends as the first one does', async () => {
    const first = new Written()
    const { state, watches } = read(first, async () => new Response())
    await first.fail()
    expect([state.end, watches[0]?.isOver]).toEqual(['Error: broken', true])
  })

  test('leaves both streams if the reader leaves while the next one is awaited', async () => {
    const [first, second] = [new Written(), new Written()]
    let answer = (_response: Response): void => undefined
    const { reader, renew, watches } = read(first, () => new Promise(resolve => (answer = resolve)))
    await renew()
    await reader.cancel()
    answer(second.response)
    await settle()
    expect([first.isCancelled, second.isCancelled, watches[0]?.isOver]).toEqual([true, true, true])
  })

  test('leaves an answer that is no stream untouched', () => {
    const response = new Response('no', { status: 500 })
    expect(
      continuedStream(
        response,
        async () => response,
        () => expect.unreachable(),
      ),
    ).toBe(response)
  })
})
