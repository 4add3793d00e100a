/**
 * Says why the target of an HTTP request, or its `Host`, is not taken; undefined if it is. What a URL parser would
 * change is refused: whoever checks the path must see the one that was sent.
 * @see RFC 9112 §3.2
 */
export function requestTargetProblem(target: string, host: string | undefined): string | undefined {
  if (!target.startsWith('/'))
    return 'The target of the request must be a path, not an absolute URL or a host.'
  if (!/^[!-~]*$/.test(target)) return 'The target of the request holds characters that must be encoded.'
  if (/[\\#]/.test(target)) return 'The target of the request must hold no backslash and no "#".'
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  if (/\/(\.|%2e){1,2}(\/|$)/i.test(path)) return 'The path must hold no "." or ".." segment.'
  const isHost =
    host === undefined ||
    (/^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(host) && URL.canParse(`http://${host}`))
  return isHost ? undefined : 'The Host header is malformed.'
}
