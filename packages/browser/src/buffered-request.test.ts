import { describe, expect, test } from 'vitest'
import { bufferedRequest } from './buffered-request.ts'

// Needed for streams, and unknown to the types of browsers.
const half = { duplex: 'half' }
const url = 'https://api.test/v1/things'

describe('the body of a Request', () => {
  test.each([10, 3_000_000])('of %i bytes is sent, and again, with its type', async bytes => {
    const headers = { 'content-type': 'text/csv', 'x-own': '1' }
    const given = new Request(url, { method: 'PUT', headers, body: 'x'.repeat(bytes) })
    const prepared = await bufferedRequest(given, undefined)
    expect(prepared.canReplay).toBe(true)
    for (let attempt = 0; attempt < 2; attempt++) {
      const sent = new Request(`${url}/elsewhere`, prepared.init())
      expect([sent.method, sent.headers.get('content-type'), sent.headers.get('x-own')]).toEqual([
        'PUT',
        'text/csv',
        '1',
      ])
      expect((await sent.text()).length).toBe(bytes)
    }
  })

  test('is not there for a GET', async () => {
    const prepared = await bufferedRequest(new Request(url), undefined)
    expect(new Request(url, prepared.init()).method).toBe('GET')
  })

  test('that never ends is not waited for after an abort', async () => {
    const caller = new AbortController()
    const body = new ReadableStream<Uint8Array>()
    const endless = new Request(url, { method: 'POST', body, ...half, signal: caller.signal })
    const prepared = bufferedRequest(endless, undefined)
    caller.abort(new Error('left'))
    await expect(prepared).rejects.toThrow('left')
  })

  test('gives way to the body of the init', async () => {
    const given = new Request(url, { method: 'POST', body: 'old' })
    const prepared = await bufferedRequest(given, { body: 'new' })
    expect(await new Request(url, prepared.init()).text()).toBe('new')
  })
})

test('a stream is sent once', async () => {
  const init = { method: 'POST', body: new Blob(['x']).stream() }
  expect((await bufferedRequest(url, init)).canReplay).toBe(false)
})
