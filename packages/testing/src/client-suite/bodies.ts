import { Readable } from 'node:stream'

/** The kinds of a request body. */
export type BodyKind = 'text' | 'bytes' | 'params' | 'form' | 'blob' | 'json' | 'web-stream' | 'node-stream'

/** What each body holds, so that a server can look for it. */
export const marker = 'fake-cargo'

/** Makes a new body of a kind. */
export const bodies: Readonly<Record<BodyKind, () => unknown>> = {
  text: () => JSON.stringify({ text: marker }),
  bytes: () => new TextEncoder().encode(marker),
  params: () => new URLSearchParams({ name: marker }),
  form: () => {
    const form = new FormData()
    form.set('name', marker)
    form.set('file', new Blob([marker]), 'file.txt')
    return form
  },
  blob: () => new Blob([marker]),
  json: () => ({ text: marker, nested: { 'with "quotes"': [1, null] } }),
  'web-stream': () => new Blob([marker]).stream(),
  'node-stream': () => Readable.from([Buffer.from(marker)]),
}

/** Can be sent once only. */
export function isStream(kind: BodyKind): boolean {
  return kind.endsWith('-stream')
}
