/** Tells whether a body gives the same bytes twice: streams do not, nor does the form-data package, which is one. */
export function canReplay(data: unknown): boolean {
  const kinds = [String, URLSearchParams, FormData, Blob, ArrayBuffer]
  // Object() makes a String of a string.
  return (
    data === undefined ||
    data === null ||
    ArrayBuffer.isView(data) ||
    kinds.some(kind => Object(data) instanceof kind)
  )
}
