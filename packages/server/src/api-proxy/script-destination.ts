// `document` and the frames are left out: the policy of every answer keeps its content from running there.
const scriptLike: ReadonlySet<string> = new Set([
  'audioworklet',
  'embed',
  'object',
  'paintworklet',
  'script',
  'serviceworker',
  'sharedworker',
  'style',
  'worker',
  'xslt',
])

/**
 * Tells whether a browser asks for something to run or to apply in its page. What an API answers is data of others and
 * must never be that.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header
 */
export function isForScript(headers: Headers): boolean {
  const destination = headers.get('sec-fetch-dest')
  return (destination !== null && scriptLike.has(destination)) || headers.has('service-worker')
}
