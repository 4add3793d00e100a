/**
 * Tells whether a browser or Next's router only fetches ahead. Next takes `next-router-prefetch` off what `proxy.ts` sees,
 * unless `skipProxyUrlNormalize` is set: a matcher has to leave those requests out.
 */
export function isPrefetch(headers: Headers): boolean {
  if (headers.has('next-router-prefetch') || headers.has('next-router-segment-prefetch')) return true
  return /\bprefetch\b/i.test(`${headers.get('purpose')} ${headers.get('sec-purpose')}`)
}
