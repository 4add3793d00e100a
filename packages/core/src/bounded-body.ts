/** Why a body was not read to its end. */
export class BodyLimitError extends Error {}

const longestBodyBytes = 1_048_576

/**
 * Reads a body as text, at most 1 MiB of decoded bytes, so that a gzip bomb or an endless answer cannot fill memory.
 * @throws {BodyLimitError} the body is longer, or was compressed more than once
 */
export async function readBoundedText(response: Response): Promise<string> {
  if (response.headers.get('content-encoding')?.includes(',')) {
    await response.body?.cancel()
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
      await reader.cancel()
      throw new BodyLimitError('a body of more than 1 MiB')
    }
    text += decoder.decode(value, { stream: true })
  }
}
