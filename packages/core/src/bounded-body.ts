/** Why a body was not read to its end. */
export class BodyLimitError extends Error {}

const longestBodyBytes = 1_048_576

/**
 * Reads a body as text, at most 1 MiB of decoded bytes, so that a gzip bomb or an endless answer cannot fill memory.
 * @throws {BodyLimitError} the body is longer, or was compressed more than once
 */
export async function readBoundedText(response: Response): Promise<string> {
  if (response.headers.get('content-encoding')?.includes(',')) {
    drop(response.body)
    throw new BodyLimitError('a body that is compressed more than once')
  }
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > longestBodyBytes) {
      drop(reader)
      throw new BodyLimitError('a body of more than 1 MiB')
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** Gives up a body. Nobody waits for it, and that it fails or hangs changes nothing. */
export function drop(body: { cancel(): Promise<void> } | null): void {
  body?.cancel().catch(() => undefined)
}
