/** One answer of the fixture application. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The names of the cookies that it sets or removes. */
  readonly setCookies: readonly string[]
}

/** What the page of the fixture application says. */
export interface Facts {
  readonly status: string
  readonly customer: string
  readonly application: string
  readonly signInHere: string
}

/** A browser that keeps cookies and follows no redirect. */
export class Visitor {
  readonly cookies: Map<string, string>
  readonly #origin: string

  constructor(origin: string, cookies: Iterable<readonly [string, string]> = []) {
    this.#origin = origin
    this.cookies = new Map(cookies)
  }

  /** The same cookies in another browser, at another server if one is named. */
  copy(origin: string = this.#origin): Visitor {
    return new Visitor(origin, this.cookies)
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send(path, { headers })
  }

  /** Fetches as a script of the page does. */
  call(path: string, { body, ...init }: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers)
    headers.set('x-evergrant', '1')
    headers.set('origin', this.#origin)
    headers.set('sec-fetch-site', 'same-origin')
    if (body !== undefined) headers.set('content-type', 'application/json')
    return this.#send(path, { ...init, headers, ...(body !== undefined && { body }) })
  }

  /** The facts that the page shows. */
  async facts(path = '/vehicles'): Promise<Facts> {
    return factsOf(await this.get(path))
  }

  /** Submits the form of a server action, as a browser without scripts does; resolves to what the action reports. */
  async act(
    name: string,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<Answer & { outcome: string }> {
    const body = new FormData()
    body.set(`$ACTION_ID_${await this.#actionId(name)}`, '')
    for (const [key, value] of Object.entries(fields)) body.set(key, value)
    return this.#report({ body })
  }

  /** Calls a server action without arguments, as Next's script does. */
  async run(name: string): Promise<Answer & { outcome: string }> {
    const id = await this.#actionId(name)
    const headers = {
      'next-action': id,
      accept: 'text/x-component',
      'content-type': 'text/plain;charset=UTF-8',
    }
    return this.#report({ body: '[]', headers })
  }

  // As somebody else, so that looking for the form leaves no trace.
  async #actionId(name: string): Promise<string> {
    const page = await new Visitor(this.#origin).get('/vehicles')
    const form = page.text.split('<form').find(part => part.includes(`data-action="${name}"`)) ?? ''
    const id = /name="\$ACTION_ID_([0-9a-f]+)"/.exec(form)?.[1]
    if (id === undefined) throw new Error(`The page has no form ${name}.`)
    return id
  }

  async #report(init: RequestInit): Promise<Answer & { outcome: string }> {
    this.cookies.delete('outcome')
    const headers = new Headers(init.headers)
    headers.set('origin', this.#origin)
    const answer = await this.#send('/vehicles', { ...init, method: 'POST', headers })
    return { ...answer, outcome: decodeURIComponent(this.cookies.get('outcome') ?? '') }
  }

  async #send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (this.cookies.size > 0) headers.set('cookie', this.#header())
    const response = await fetch(this.#origin + path, { ...init, headers, redirect: 'manual' })
    const text = await response.text()
    const set = response.headers.getSetCookie()
    for (const cookie of set) this.#keep(cookie)
    const setCookies = set.map(cookie => cookie.split('=', 1)[0] ?? '')
    return { status: response.status, headers: response.headers, text, setCookies }
  }

  #header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';').map(part => part.trim())
    const name = pair.split('=', 1)[0] ?? ''
    const isGone = attributes.some(text => /^(max-age=0|expires=thu, 01 jan 1970.*)$/i.test(text))
    if (isGone) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(name.length + 1))
  }
}

export function factsOf({ status, text }: Answer): Facts {
  const json = /<pre>(.*?)<\/pre>/s.exec(text)?.[1]
  if (json === undefined) throw new Error(`The page shows no facts (${status}): ${text.slice(0, 500)}`)
  return JSON.parse(
    json.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&amp;', '&'),
  ) as Facts
}
