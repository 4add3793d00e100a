import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { RepeatableBody } from './repeatable-body.ts'

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('one ')
  yield Buffer.from('two')
}

async function textOf(body: unknown): Promise<string> {
  let text = ''
  for await (const chunk of body as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(chunk)
  return text
}

describe('the body of an attempt', () => {
  test.each<[string, unknown, boolean]>([
    ['nothing', undefined, true],
    ['null', null, true],
    ['a string', 'text', true],
    ['bytes', new Uint8Array(3), true],
    ['a buffer', new ArrayBuffer(3), true],
    ['a form', new FormData(), true],
    ['a blob', new Blob(['text']), true],
    ['a stream', Readable.from(['text']), false],
    ['an iterator of unknown length', chunks(), false],
  ])('C37 can be sent again or not: %s', (_, body, canRepeat) => {
    expect(new RepeatableBody({ body } as never).canRepeat).toBe(canRepeat)
  })

  test('C37 is kept while an iterator of a known length is sent', async () => {
    const body = new RepeatableBody({ body: chunks(), headers: { 'Content-Length': '7' } } as never)
    expect(body.canRepeat).toBe(false)
    expect(await textOf(body.next())).toBe('one two')
    expect(body.canRepeat).toBe(true)
    expect([await textOf(body.next()), await textOf(body.next())]).toEqual(['one two', 'one two'])
  })

  test('C37 is not kept if it is longer than 1 MiB', async () => {
    const body = new RepeatableBody({ body: chunks(), headers: ['content-length', '1048577'] } as never)
    await textOf(body.next())
    expect(body.canRepeat).toBe(false)
  })
})
