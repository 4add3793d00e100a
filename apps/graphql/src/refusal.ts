const error = { message: 'The access token is not taken.', extensions: { code: 'UNAUTHENTICATED' } }

/**
 * The answer to a request whose access token is not taken: `body` asks for HTTP 200 with an error inside, as many GraphQL
 * servers say it; everything else is 401.
 * @see RFC 6750 §3.1
 */
export function refusalOf(kind: string | null): Response {
  if (kind === 'body') return Response.json({ errors: [error] })
  const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' }
  return Response.json({ errors: [error] }, { status: 401, headers })
}
