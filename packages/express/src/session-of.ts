import type { ServerResponse } from 'node:http'
import type { RequestLike, RequestSession } from '@evergrant/server'
import type { Request, Response } from 'express'
import onHeaders from 'on-headers'
import { requestLikeOf } from './request-like.ts'

const written = new WeakMap<ServerResponse, Set<Cookies>>()

type Cookies = Pick<RequestSession, 'setCookies' | 'writeTo'>

/**
 * The session of a request: the same object for all of the request's handlers. Whatever sends the answer, its head sets
 * the session's cookies as they are then.
 */
export function sessionOf<Session extends object>(
  sessions: { readonly for: (request: RequestLike) => Session },
  request: Request,
  response: Response,
): Session {
  const session = sessions.for(requestLikeOf(request))
  if (hasCookies(session)) writeWithHead(session, response)
  return session
}

// A source of sessions of somebody's own may have none to set.
function hasCookies(session: object): session is Cookies {
  return 'writeTo' in session && typeof session.writeTo === 'function' && 'setCookies' in session
}

function writeWithHead(session: Cookies, response: ServerResponse): void {
  const known = written.get(response)
  if (known !== undefined) return void known.add(session)
  const sessions = new Set([session])
  written.set(response, sessions)
  onHeaders(response, () => {
    for (const each of sessions) writeCookies(each, response)
  })
}

function writeCookies(session: Cookies, response: ServerResponse): void {
  const headers = new Headers()
  const vary = response.getHeader('vary')
  if (vary !== undefined) headers.set('vary', String(vary))
  session.writeTo(headers)
  for (const [name, value] of headers) if (name !== 'set-cookie') response.setHeader(name, value)
  const cookies = headers.getSetCookie()
  if (cookies.length === 0) return
  // A handler may have written this session already, at an earlier moment.
  const names = new Set(cookies.map(nameOf))
  const others = [response.getHeader('set-cookie') ?? []].flat().map(String)
  response.setHeader('set-cookie', [...others.filter(text => !names.has(nameOf(text))), ...cookies])
}

function nameOf(cookie: string): string {
  return cookie.slice(0, cookie.indexOf('='))
}
