import { joinChunks } from './join-chunks.ts'
import { ConfigurationError } from '@evergrant/core/source'
import type { Refusal } from './request-guard.ts'

/** How a body is read. */
export interface JsonBodyOptions {
  /** How long it may be, in bytes. */
  readonly maxBytes: number
  /** Whether no body counts as an empty object. */
  readonly isOptional: boolean
}

/** The members of an object of JSON, or why there are none. */
export type JsonBody =
  | { readonly members: Readonly<Record<string, unknown>>; readonly refusal?: undefined }
  | { readonly members?: undefined; readonly refusal: Refusal }

/**
 * Reads a request's body as an object of JSON. Demands `Content-Type: application/json`, which no form can send, and
 * stops reading at `maxBytes`. No refusal repeats anything of the body.
 * @throws {ConfigurationError} somebody read the body before
 * @see RFC 9110 §15.5.14, §15.5.16
 */
export async function readJsonBody(
  request: Request,
  { maxBytes, isOptional }: JsonBodyOptions,
): Promise<JsonBody> {
  if (request.bodyUsed) {
    throw new ConfigurationError('The body of the request cannot be read', [
      'Something has read it already. Let this handler run before any body parser.',
    ])
  }
  const type = request.headers.get('content-type')
  const isJson = type !== null && /^application\/json\s*(;|$)/i.test(type)
  if (!isJson && !(isOptional && type === null)) return { refusal: notJson }
  // The length that is announced saves reading; it is not believed where it is small.
  if (Number(request.headers.get('content-length')) > maxBytes) return { refusal: tooLarge(maxBytes) }
  const bytes = await readBytes(request, maxBytes)
  if (bytes === 'too-large') return { refusal: tooLarge(maxBytes) }
  if (bytes === 'broken') return { refusal: invalid }
  if (bytes.length === 0 && isOptional) return { members: {} }
  return isJson ? parse(bytes) : { refusal: notJson }
}

/** The refusal for a body whose members are not what they must be. */
export function invalidBody(message: string): Refusal {
  return { status: 400, code: 'invalid_body', message }
}

const invalid = invalidBody('The body must be an object of JSON in UTF-8.')

const notJson: Refusal = {
  status: 415,
  code: 'unsupported_media_type',
  message: 'The body must be sent with Content-Type: application/json.',
}

function tooLarge(maxBytes: number): Refusal {
  return { status: 413, code: 'body_too_large', message: `The body may have ${maxBytes} bytes at most.` }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array | 'too-large' | 'broken'> {
  if (request.body === null) return new Uint8Array()
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.length
      if (length > maxBytes) {
        // Not awaited: a source that never ends its cancellation would hold the answer back.
        reader.cancel().catch(() => {})
        return 'too-large'
      }
      chunks.push(read.value)
    }
  } catch {
    return 'broken'
  }
  return joinChunks(chunks, length)
}

function parse(bytes: Uint8Array): JsonBody {
  try {
    const members: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const isObject = typeof members === 'object' && members !== null && !Array.isArray(members)
    return isObject ? { members: members as Record<string, unknown> } : { refusal: invalid }
  } catch {
    // What the parser says quotes the body, and with it the password.
    return { refusal: invalid }
  }
}
