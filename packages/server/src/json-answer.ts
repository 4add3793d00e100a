/**
 * Makes an answer of JSON that no cache stores, that differs by cookie, and whose type no browser guesses. `headers`
 * are added. A body that is undefined is none.
 * @see RFC 9111 §5.2.2
 */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'private, no-store',
      Vary: 'Cookie',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
  })
}
