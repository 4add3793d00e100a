import { describe, expect, test } from 'vitest'
import { readJsonBody } from './json-body.ts'

const json = { 'content-type': 'application/json' }
const encoder = new TextEncoder()

function post(body: BodyInit | null, headers: Record<string, string> = json): Request {
  return new Request('https://app.example.com/', {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit)
}

async function codeOf(request: Request, isOptional = false): Promise<string> {
  const { refusal } = await readJsonBody(request, { maxBytes: 64, isOptional })
  return refusal === undefined ? 'read' : `${refusal.status} ${refusal.code}`
}

/** A body in pieces, and what became of it. */
function streamed(...chunks: readonly Uint8Array[]): { body: ReadableStream; isCancelled: () => boolean } {
  let isCancelled = false
  const rest = [...chunks]
  const body = new ReadableStream({
    pull: controller => {
      const chunk = rest.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
    cancel: () => void (isCancelled = true),
  })
  return { body, isCancelled: () => isCancelled }
}

describe('a body of JSON', () => {
  test('is read, in whatever pieces it comes', async () => {
    const bytes = encoder.encode('{"name":"Zoë"}')
    const { body } = streamed(bytes.slice(0, 12), bytes.slice(12))
    const { members } = await readJsonBody(post(body), { maxBytes: 64, isOptional: false })
    expect(members).toEqual({ name: 'Zoë' })
  })

  test.each([
    ['application/json', 'read'],
    ['application/json; charset=utf-8', 'read'],
    ['Application/JSON', 'read'],
    ['text/plain', '415 unsupported_media_type'],
    ['text/plain; application/json', '415 unsupported_media_type'],
    ['application/json-patch+json', '415 unsupported_media_type'],
    ['application/x-www-form-urlencoded', '415 unsupported_media_type'],
    ['multipart/form-data; boundary=x', '415 unsupported_media_type'],
  ])('C66 sent as %s: %s', async (type, expected) => {
    expect(await codeOf(post('{}', { 'content-type': type }))).toBe(expected)
  })

  test('without a type is refused, also where a body may be missing', async () => {
    for (const isOptional of [false, true])
      expect(await codeOf(post(encoder.encode('{}'), {}), isOptional)).toBe('415 unsupported_media_type')
  })

  test.each(['', 'name', '{', '[]', '"text"', 'null', '7', '{"a":1}}'])('cannot be %j', async text => {
    expect(await codeOf(post(text))).toBe('400 invalid_body')
  })

  test('that is not UTF-8 is refused', async () => {
    expect(await codeOf(post(Uint8Array.from('{"a":"\xff"}', character => character.charCodeAt(0))))).toBe(
      '400 invalid_body',
    )
  })

  test('that breaks off is refused', async () => {
    const body = new ReadableStream({ start: controller => controller.error(new Error('gone')) })
    expect(await codeOf(post(body))).toBe('400 invalid_body')
  })

  test('no refusal repeats what was sent', async () => {
    const { refusal } = await readJsonBody(post('{"password":"fake-secret"'), {
      maxBytes: 64,
      isOptional: false,
    })
    expect(refusal?.code).toBe('invalid_body')
    expect(JSON.stringify(refusal)).not.toContain('fake-secret')
  })
})

describe('a body that is too large', () => {
  test('is the one that is a byte above the limit', async () => {
    const text = (length: number): string => `"${'x'.repeat(length - 2)}"`
    expect(await codeOf(post(text(64)))).toBe('400 invalid_body')
    expect(await codeOf(post(text(65)))).toBe('413 body_too_large')
  })

  test('is refused by its announced length without reading', async () => {
    const { body } = streamed(encoder.encode('{}'))
    const request = post(body, { ...json, 'content-length': '65' })
    expect(await codeOf(request)).toBe('413 body_too_large')
    expect(request.bodyUsed).toBe(false)
  })

  test('is not read to its end, whatever length it announces', async () => {
    const { body, isCancelled } = streamed(new Uint8Array(60), new Uint8Array(60), new Uint8Array(60))
    expect(await codeOf(post(body, { ...json, 'content-length': '2' }))).toBe('413 body_too_large')
    expect(isCancelled()).toBe(true)
  })
})

describe('no body', () => {
  test.each([
    ['of no kind', post(null, {})],
    ['said to be JSON', post(null)],
    ['an empty stream', post(streamed().body, {})],
  ])('%s counts as an empty object where it may be missing', async (_what, request) => {
    expect(await readJsonBody(request, { maxBytes: 64, isOptional: true })).toEqual({ members: {} })
  })

  test('is refused where it must be there', async () => {
    expect(await codeOf(post(null, {}))).toBe('415 unsupported_media_type')
    expect(await codeOf(post(null))).toBe('400 invalid_body')
  })
})

test('a body that was read before is a mistake of the application, and is named', async () => {
  const request = post('{}')
  await request.text()
  await expect(readJsonBody(request, { maxBytes: 64, isOptional: false })).rejects.toMatchObject({
    code: 'invalid_configuration',
    message: expect.stringContaining('before any body parser'),
  })
})
