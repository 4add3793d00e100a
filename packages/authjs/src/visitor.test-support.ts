import { expect } from 'vitest'

type Send = (request: Request) => Promise<Response>

/** A browser without a screen: keeps cookies per origin, and follows redirects between the two servers. */
export class Visitor {
  readonly #send: Send
  readonly #jar = new Map<string, Map<string, string>>()

  constructor(send: Send) {
    this.#send = send
  }

  /** Sends one request with the cookies of its origin, and keeps what the answer sets. */
  async send(
    url: string,
    init: { readonly form?: Readonly<Record<string, string>> } = {},
  ): Promise<Response> {
    const { origin } = new URL(url)
    const headers = new Headers({ origin })
    const cookie = this.cookieHeader(origin)
    if (cookie !== '') headers.set('cookie', cookie)
    const form = init.form && { method: 'POST', body: new URLSearchParams(init.form) }
    const response = await this.#send(new Request(url, { ...form, headers, redirect: 'manual' }))
    this.keep(origin, response)
    return response
  }

  keep(origin: string, response: Response): void {
    const cookies = this.#jar.get(origin) ?? new Map<string, string>()
    this.#jar.set(origin, cookies)
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      const isGone = value === '' || /max-age=0/i.test(line)
      if (isGone) cookies.delete(name)
      else cookies.set(name, value)
    }
  }

  cookieHeader(origin: string): string {
    return [...(this.#jar.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Forgets a cookie header, or goes back to an older one. */
  restore(origin: string, header: string): void {
    const pairs = header === '' ? [] : header.split('; ').map(pair => pair.split(/=(.*)/s))
    this.#jar.set(origin, new Map(pairs.map(([name = '', value = '']) => [name, value])))
  }

  async csrfToken(auth: string): Promise<string> {
    const { csrfToken } = (await (await this.send(`${auth}/csrf`)).json()) as { csrfToken: string }
    return csrfToken
  }

  /** Begins a redirect sign-in, and returns where the authorization server wants to be asked. */
  async begin(auth: string, provider: string): Promise<string> {
    const csrfToken = await this.csrfToken(auth)
    return locationOf(await this.send(`${auth}/signin/${provider}`, { form: { csrfToken } }))
  }

  async session(auth: string): Promise<Record<string, unknown> | null> {
    const response = await this.send(`${auth}/session`)
    expect(response.status).toBe(200)
    return (await response.json()) as Record<string, unknown> | null
  }

  async signOut(auth: string): Promise<void> {
    const csrfToken = await this.csrfToken(auth)
    await this.send(`${auth}/signout`, { form: { csrfToken } })
  }
}

export function locationOf(response: Response): string {
  expect(response.status).toBe(302)
  return response.headers.get('location') ?? ''
}

/** The fields of a page's form, as it came. */
export function formOf(html: string): { readonly action: string; readonly fields: Record<string, string> } {
  const fields: Record<string, string> = {}
  for (const [input] of html.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1]
    if (name !== undefined) fields[name] = /value="([^"]*)"/.exec(input)?.[1] ?? ''
  }
  return { action: /action="([^"]*)"/.exec(html)?.[1] ?? '', fields }
}
