import { createHash } from 'node:crypto'

/** The folder of signals: touching a file there tells watches. */
export const signalsName = '.changed'

const namePattern = /^(?:[a-z0-9-]{1,40}-)?[0-9a-f]{32}$/

/** A name for a key that every file system takes and no other key has: what can be read of it, and a hash. */
export function nameOf(key: string): string {
  // UTF-16, because UTF-8 has no form for half a surrogate pair and would mix such keys up.
  const hash = createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex').slice(0, 32)
  const readable = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return [readable.slice(0, 40).replace(/-+$/, ''), hash].filter(Boolean).join('-')
}

/** Tells whether a store made the entry with that name. */
export function isOwnName(name: string): boolean {
  return name === signalsName || namePattern.test(name)
}

/** Tells whether it is the folder of a key. */
export function isKeyName(name: string): boolean {
  return namePattern.test(name)
}
