import type { Dispatcher } from 'undici'

type GivenHeaders = Dispatcher.DispatchOptions['headers']

/** Adds headers to those of a request, in whichever form undici takes them; they replace the same names. */
export function withHeaders(given: GivenHeaders, added: Headers): string[] {
  const kept = pairsOf(given).filter(([name]) => !added.has(name))
  return [...kept, ...added].flat() as string[]
}

/** Finds a header of a request. */
export function headerOf(given: GivenHeaders, wanted: string): unknown {
  return pairsOf(given).find(([name]) => name.toLowerCase() === wanted)?.[1]
}

function pairsOf(given: GivenHeaders): (readonly [string, unknown])[] {
  if (given === null || given === undefined) return []
  if (Array.isArray(given) && !Array.isArray(given[0])) {
    const flat: readonly unknown[] = given
    return flat.flatMap((name, index) => (index % 2 === 0 ? [[String(name), flat[index + 1]] as const] : []))
  }
  const pairs = Symbol.iterator in given ? given : Object.entries(given)
  // Repeated headers stay repeated.
  return [...(pairs as Iterable<readonly [string, unknown]>)].flatMap(([name, value]) =>
    [value].flat().map(one => [name, one] as const),
  )
}
