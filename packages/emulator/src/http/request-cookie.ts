/** Returns the value of a request's cookie; the first one, if it came several times. */
export function requestCookie(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map(pair => pair.trim())
  const pair = pairs.find(candidate => candidate.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}
