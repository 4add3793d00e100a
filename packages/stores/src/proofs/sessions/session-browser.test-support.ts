/** What came back to a browser. */
export interface BrowserAnswer {
  readonly status: number
  readonly body: unknown
  /** The cookies of the browser if it takes those of this answer. */
  readonly browser: SessionBrowser
}

/** A browser at one moment: its cookies never change, so that an old one can come back at any time. */
export class SessionBrowser {
  readonly #cookies: ReadonlyMap<string, string>

  constructor(cookies: ReadonlyMap<string, string> = new Map()) {
    this.#cookies = cookies
  }

  get isWithoutCookies(): boolean {
    return this.#cookies.size === 0
  }

  /** Sends what a page of the application sends to the instance at `port`. */
  async send(port: number, route: string, body?: object): Promise<BrowserAnswer> {
    const [method = 'GET', path = ''] = route.split(' ')
    const response = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
      method,
      headers: {
        'x-evergrant': '1',
        'sec-fetch-site': 'same-origin',
        ...(body && { 'content-type': 'application/json' }),
        ...(!this.isWithoutCookies && {
          cookie: [...this.#cookies].map(pair => pair.join('=')).join('; '),
        }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    return {
      status: response.status,
      body: await response.json(),
      browser: this.#with(response.headers.getSetCookie()),
    }
  }

  #with(setCookies: readonly string[]): SessionBrowser {
    const cookies = new Map(this.#cookies)
    for (const setCookie of setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? []
      if (/; Max-Age=0\b/i.test(setCookie)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return new SessionBrowser(cookies)
  }
}
