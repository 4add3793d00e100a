import type { ServerResponse } from 'node:http'
import onHeaders from 'on-headers'
import type { RequestSession } from '../request-session.ts'

type Cookies = Pick<RequestSession, 'setCookies' | 'writeTo'>

const written = new WeakMap<ServerResponse, Set<Cookies>>()

/**
 * Lets the head of an answer set a session's cookies as they are then, whatever sends the answer. Called again for the
 * same session it does nothing more. A session of somebody's own that has no cookies to set is left alone.
 */
export function setCookiesWithHead(outgoing: ServerResponse, session: object): void {
  if (!hasCookies(session)) return
  const known = written.get(outgoing)
  if (known !== undefined) return void known.add(session)
  const sessions = new Set([session])
  written.set(outgoing, sessions)
  onHeaders(outgoing, () => {
    for (const each of sessions) writeCookies(each, outgoing)
  })
}

function hasCookies(session: object): session is Cookies {
  return 'writeTo' in session && typeof session.writeTo === 'function' && 'setCookies' in session
}

function writeCookies(session: Cookies, outgoing: ServerResponse): void {
  const headers = new Headers()
  const vary = outgoing.getHeader('vary')
  if (vary !== undefined) headers.set('vary', String(vary))
  session.writeTo(headers)
  for (const [name, value] of headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  const cookies = headers.getSetCookie()
  if (cookies.length === 0) return
  // A handler may have written this session already, at an earlier moment.
  const names = new Set(cookies.map(nameOf))
  const others = [outgoing.getHeader('set-cookie') ?? []].flat().map(String)
  outgoing.setHeader('set-cookie', [...others.filter(text => !names.has(nameOf(text))), ...cookies])
}

function nameOf(cookie: string): string {
  return cookie.slice(0, cookie.indexOf('='))
}
