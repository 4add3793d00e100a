import { outlineError } from './error-answer.ts'

/**
 * What is done with an error where nobody said: those that only whoever runs the server can mend (answered 500) are
 * printed, because the client sees a general sentence. All others say enough to the client.
 */
export function logFaults(error: unknown): void {
  const outline = outlineError(error, { now: () => 0 })
  if (outline !== undefined && outline.status !== 500) return
  // oxlint-disable-next-line no-console -- silence would leave a wrong configuration without a word
  console.error(outline === undefined ? error : `Evergrant: ${(error as Error).message}`)
}
