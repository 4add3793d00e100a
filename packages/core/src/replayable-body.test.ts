import { describe, expect, test } from 'vitest'
import { replayable } from './replayable-body.ts'

const url = 'https://api.example.test/v1/things'
const mebibyte = 1_048_576

/** What a server would receive if `fetch` were given this init. */
async function received(init: RequestInit): Promise<{ body: string; type: string | null; method: string }> {
  const request = new Request(url, { method: 'POST', ...init })
  const type = request.headers.get('content-type')
  return { body: await request.text(), type, method: request.method }
}

const streamOf = (...texts: string[]): ReadableStream<Uint8Array> => new Blob(texts).stream()

describe('where Request has no body, as in Firefox,', () => {
  const request = (body?: string): Request =>
    Object.defineProperty(
      new Request(url, { method: body === undefined ? 'GET' : 'POST', body: body ?? null }),
      'body',
      {
        value: undefined,
      },
    )

  test('the body of a Request is sent all the same, and again', async () => {
    const prepared = await replayable(request('text'), undefined)
    expect(prepared.canReplay).toBe(true)
    for (let attempt = 0; attempt < 2; attempt++)
      expect(await received(prepared.init())).toMatchObject({ body: 'text', method: 'POST' })
  })

  test('a Request without one stays without one', async () => {
    const prepared = await replayable(request(), undefined)
    expect(() => new Request(url, prepared.init())).not.toThrow()
    expect(prepared.init().body).toBeUndefined()
  })
})

describe('a body that can be sent again', () => {
  const form = new FormData()
  form.set('name', 'value')
  form.set('file', new Blob(['content']), 'file.txt')
  const bytes = new TextEncoder().encode('bytes')

  test.each<[string, RequestInit['body'], string, RegExp | null]>([
    ['a string', 'text', 'text', /^text\/plain/],
    ['an empty string', '', '', /^text\/plain/],
    ['a form', new URLSearchParams({ a: '1 2' }), 'a=1+2', /^application\/x-www-form-urlencoded/],
    ['a blob with a type', new Blob(['text'], { type: 'text/csv' }), 'text', /^text\/csv$/],
    ['an array buffer', bytes.buffer, 'bytes', null],
    ['a view', bytes, 'bytes', null],
    ['a view of another kind', new DataView(bytes.buffer), 'bytes', null],
  ])('is %s', async (_title, body, text, type) => {
    const request = await replayable(url, { method: 'POST', body: body ?? null })
    expect(request.canReplay).toBe(true)
    for (const attempt of ['first', 'second']) {
      const got = await received(request.init())
      expect([attempt, got.body]).toEqual([attempt, text])
      if (type) expect(got.type).toMatch(type)
      else expect(got.type).toBeNull()
    }
  })

  test('is form data, with a boundary of its own each time', async () => {
    const request = await replayable(url, { method: 'POST', body: form })
    expect(request.canReplay).toBe(true)
    for (let attempt = 0; attempt < 2; attempt++) {
      const { body, type } = await received(request.init())
      expect(body).toContain('content')
      expect(body).toContain(type?.split('boundary=')[1])
    }
  })

  test.each([undefined, {}, { body: null }, { body: undefined }, { method: 'DELETE' }])(
    'is none at all: %j',
    async init => {
      const request = await replayable(url, init as RequestInit | undefined)
      expect(request.canReplay).toBe(true)
      expect(request.init().body ?? null).toBeNull()
    },
  )

  test('is the body of a Request up to 1 MiB, with its method, headers and type', async () => {
    for (const text of ['', 'small', 'x'.repeat(mebibyte)]) {
      const input = new Request(url, {
        method: 'PUT',
        body: text,
        headers: { 'x-own': '1', 'content-type': 'text/csv' },
      })
      const request = await replayable(input, undefined)
      expect(request.canReplay).toBe(true)
      for (let attempt = 0; attempt < 2; attempt++) {
        expect(await received(request.init())).toEqual({ body: text, type: 'text/csv', method: 'PUT' })
        expect(new Headers(request.init().headers).get('x-own')).toBe('1')
      }
    }
  })

  test('is the form data of a Request with the boundary that its header names', async () => {
    const request = await replayable(new Request(url, { method: 'POST', body: form }), undefined)
    for (let attempt = 0; attempt < 2; attempt++) {
      const again = new Request(url, request.init())
      expect((await again.formData()).get('name')).toBe('value')
    }
  })
})

describe('a body that is sent once', () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('streamed')
  }

  test.each<[string, () => unknown]>([
    ['a stream', () => streamOf('streamed')],
    ['an async iterable', chunks],
  ])('C37 is %s', async (_title, body) => {
    const request = await replayable(url, { method: 'POST', body: body() as ReadableStream })
    expect(request.canReplay).toBe(false)
    expect(request.init()).toMatchObject({ duplex: 'half' })
    expect((await received(request.init())).body).toBe('streamed')
  })

  test('C37 is the body of a Request above 1 MiB, and nothing of it is lost', async () => {
    const text = `begin${'x'.repeat(2 * mebibyte)}end`
    const request = await replayable(new Request(url, { method: 'POST', body: text }), undefined)
    expect(request.canReplay).toBe(false)
    expect((await received(request.init())).body).toBe(text)
  })

  test('is not read further than 1 MiB ahead, and is cancelled with the request', async () => {
    let [pulls, isCancelled] = [0, false]
    const body = new ReadableStream<Uint8Array>(
      {
        pull: controller => {
          pulls++
          controller.enqueue(new Uint8Array(65_536))
        },
        cancel: () => void (isCancelled = true),
      },
      { highWaterMark: 0 },
    )
    const input = new Request(url, { method: 'POST', body, duplex: 'half' } as RequestInit)
    const { body: resumed } = (await replayable(input, undefined)).init()
    expect(pulls).toBeLessThanOrEqual(18)
    await (resumed as ReadableStream).cancel()
    expect(isCancelled).toBe(true)
  })

  test('that fails while it is read ahead fails the request', async () => {
    const body = new ReadableStream({ pull: controller => controller.error(new Error('disk failed')) })
    const input = new Request(url, { method: 'POST', body, duplex: 'half' } as RequestInit)
    await expect(replayable(input, undefined)).rejects.toThrow('disk failed')
  })

  test('that hangs while it is read ahead ends with the signal, and does not pass for whole', async () => {
    const abort = new AbortController()
    const body = new ReadableStream({ start: controller => controller.enqueue(new Uint8Array(3)) })
    const input = new Request(url, {
      method: 'POST',
      body,
      duplex: 'half',
      signal: abort.signal,
    } as RequestInit)
    const waiting = replayable(input, undefined)
    abort.abort(new Error('caller left'))
    await expect(waiting).rejects.toThrow('caller left')
  })
})

describe('the init beside a Request', () => {
  const input = (): Request =>
    new Request(url, { method: 'POST', body: 'original', headers: { 'x-own': 'request' } })

  test('wins, member by member', async () => {
    const request = await replayable(input(), { method: 'PATCH', headers: { 'x-own': 'init' } })
    expect(await received(request.init())).toMatchObject({ body: 'original', method: 'PATCH' })
    expect(new Headers(request.init().headers).get('x-own')).toBe('init')
  })

  test('replaces the body', async () => {
    const request = await replayable(input(), { body: 'replaced' })
    expect(await received(request.init())).toMatchObject({ body: 'replaced', method: 'POST' })
  })

  test('changes nothing where a member is undefined, nor with a body of null: as in fetch', async () => {
    const init = { method: undefined, headers: undefined, body: undefined, signal: undefined } as object
    for (const beside of [init, { body: null }]) {
      const request = await replayable(input(), beside)
      expect(await received(request.init())).toMatchObject({ body: 'original', method: 'POST' })
      expect(new Headers(request.init().headers).get('x-own')).toBe('request')
    }
  })

  test('keeps what the Request says about redirects, credentials and its signal', async () => {
    const abort = new AbortController()
    const original = new Request(url, {
      redirect: 'manual',
      credentials: 'omit',
      signal: abort.signal,
      keepalive: true,
    })
    const { redirect, credentials, signal, keepalive } = (await replayable(original, undefined)).init()
    expect({ redirect, credentials, keepalive }).toEqual({
      redirect: 'manual',
      credentials: 'omit',
      keepalive: true,
    })
    abort.abort()
    expect(signal?.aborted).toBe(true)
  })
})
