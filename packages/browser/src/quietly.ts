/** Tells somebody. What they do with the news, and what they throw, must not disturb the tokens. */
export function quietly(tell: () => void): void {
  try {
    tell()
  } catch {
    // Nobody is left to tell.
  }
}
