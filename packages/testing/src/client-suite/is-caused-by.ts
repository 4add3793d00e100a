/** Tells whether an error, or one that it wraps, is of a kind. */
export function isCausedBy(error: unknown, isOfKind: (value: unknown) => boolean): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) if (isOfKind(inner)) return true
  return false
}
