/** How long to wait before the next question, in milliseconds: 30 s between good answers, ever longer after bad ones. */
export function retryDelay(failures: number, askedForMs = 0): number {
  if (failures === 0) return 30_000
  return Math.min(30_000, Math.max(1500 * 2 ** (failures - 1), askedForMs))
}
