import { ConfigurationError } from '@evergrant/core'

/** Browsers keep 4,096 bytes of name, value and attributes; three of these leave room for other cookies in 16 kB. */
const chunkLength = 3300
/** More than this, and servers refuse the request's headers (431): the user would be locked out. */
const mostChunks = 3

/** The names that a value can be spread over: chunk 0 has the name itself. */
export function chunkNames(name: string): string[] {
  return Array.from({ length: mostChunks }, (_, index) => (index === 0 ? name : `${name}.${index}`))
}

/**
 * Cuts a sealed value into cookies. The first one tells how many there are.
 * @throws {ConfigurationError} it needs more than three
 */
export function toChunks(value: string): string[] {
  const count = Math.ceil((value.length + 2) / chunkLength)
  if (count > mostChunks) {
    const size = Math.ceil(value.length / 1000)
    throw new ConfigurationError('The session does not fit into cookies', [
      `Sealed it has ${size} kB, and ${mostChunks} cookies hold ${Math.floor((mostChunks * chunkLength) / 1000)} kB. Keep the tokens in a store (tokensIn: 'store'), or ask for a smaller scope.`,
    ])
  }
  const whole = `${count}.${value}`
  return Array.from({ length: count }, (_, index) =>
    whole.slice(index * chunkLength, (index + 1) * chunkLength),
  )
}

/** Puts chunks together; undefined: one is missing, or it is not a value of ours. Chunks beyond the count are stale. */
export function fromChunks(chunks: readonly (string | undefined)[]): string | undefined {
  const count = Number(/^([1-3])\./.exec(chunks[0] ?? '')?.[1])
  const needed = chunks.slice(0, count)
  if (!(count <= chunks.length) || needed.includes(undefined)) return undefined
  return needed.join('').slice(2)
}
