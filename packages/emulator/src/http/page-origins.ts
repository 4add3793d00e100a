/** The origins whose pages may read an API's answers. */
export class PageOrigins {
  #origins: ReadonlySet<string> = new Set()

  /**
   * Replaces them.
   * @throws {TypeError} one is none
   */
  set(origins: readonly string[]): void {
    const wrong = origins.find(origin => !URL.canParse(origin) || new URL(origin).origin !== origin)
    if (wrong !== undefined) {
      throw new TypeError(`"${wrong}" is no origin: give one such as https://www.example.com.`)
    }
    this.#origins = new Set(origins)
  }

  /** Answers a preflight, and lets the page of a known origin read every other answer. */
  async answer(request: Request, next: () => Promise<Response>): Promise<Response> {
    const origin = request.headers.get('origin')
    if (origin === null || !this.#origins.has(origin)) return next()
    const allowed = { 'access-control-allow-origin': origin, vary: 'Origin' }
    const method = request.headers.get('access-control-request-method')
    if (request.method === 'OPTIONS' && method !== null) {
      return new Response(null, {
        status: 204,
        headers: {
          ...allowed,
          'access-control-allow-methods': 'GET, HEAD',
          'access-control-allow-headers': request.headers.get('access-control-request-headers') ?? '',
          'access-control-max-age': '600',
        },
      })
    }
    const response = await next()
    for (const [name, value] of Object.entries(allowed)) response.headers.append(name, value)
    response.headers.append('access-control-expose-headers', 'Retry-After, WWW-Authenticate')
    return response
  }
}
