/** One program that runs. */
export interface Listing {
  readonly url: string
  readonly title: string
  readonly what: string
}

/** Says what runs where, in a table, and how to end it. */
export function overview(listings: readonly Listing[], notice: string): string {
  const widest = (pick: (listing: Listing) => string): number =>
    Math.max(...listings.map(listing => pick(listing).length))
  const [titles, urls] = [widest(({ title }) => title), widest(({ url }) => url)]
  const rows = listings.map(
    ({ url, title, what }) => `  ${title.padEnd(titles)}  ${url.padEnd(urls)}  ${what}`,
  )
  return ['', ...rows, '', `${notice} Ctrl-C ends everything.`, ''].join('\n')
}
