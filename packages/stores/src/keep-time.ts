/** Three thousand years: more than any store can count is for ever. */
const longestMs = 1e14

/** A time to keep that every store can count, in whole milliseconds; undefined: for ever. */
export function keepTime(keepMs: number | undefined): number | undefined {
  if (keepMs === undefined || !(keepMs < longestMs)) return undefined
  return Math.max(1, Math.ceil(keepMs))
}
