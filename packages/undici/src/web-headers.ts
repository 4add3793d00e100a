/** Headers as undici has them, as the web has them. */
export function webHeaders(headers: NodeJS.Dict<string | string[]>): Headers {
  const web = new Headers()
  for (const [name, values = []] of Object.entries(headers)) {
    for (const value of [values].flat()) web.append(name, value)
  }
  return web
}
