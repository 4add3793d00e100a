/** Runs a callback that is told something. What it throws is dropped: an answer must not depend on how well it is logged. */
export function tellQuietly(tell: () => void): void {
  try {
    tell()
  } catch {
    // Nobody is left to tell.
  }
}
