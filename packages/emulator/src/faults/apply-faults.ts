import { noteClaims } from '../authorization-servers/facts.ts'
import type { Schedule } from '../clock.ts'
import type { Exchange, Step } from '../exchange.ts'
import { ConnectionReset } from '../http/connection-reset.ts'
import { readForm } from '../http/form.ts'
import { empty, json, noStore, withoutBody } from '../http/responses.ts'
import { foreignOrigin, foreignPath } from '../routing.ts'
import type { Fault } from './fault.ts'
import type { FaultList, FaultQuery, Misfortune } from './fault-list.ts'
import { decodedBomb, endlessBody, gzipBomb } from './oversized.ts'
import { slowly } from './streams.ts'
import type { SignalOwner } from './streams.ts'

/** What the step needs of a provider. */
export interface FaultyProvider {
  readonly faults: FaultList
  /** Tells what a path below the provider's base path is. */
  kindOf(path: string): FaultQuery['on']
}

/** Returns the step that spoils what a provider's faults meet. */
export function applyFaults(
  providerOf: (exchange: Exchange) => FaultyProvider | undefined,
  schedule: Schedule,
): Step {
  return async (exchange, next) => {
    const provider = providerOf(exchange)
    if (!provider || provider.faults.isEmpty) return next()
    const misfortune = await misfortuneOf(provider, exchange)
    const { delays, fault } = misfortune
    noteFaults(exchange, misfortune)
    for (const { ms } of delays) await new Promise<void>(resolve => void schedule(resolve, ms))
    if (!fault) return next()
    const response = await spoil(fault, exchange, next, schedule)
    return exchange.request.method === 'HEAD' ? withoutBody(response) : response
  }
}

async function misfortuneOf(provider: FaultyProvider, exchange: Exchange): Promise<Misfortune> {
  const on = provider.kindOf(exchange.path)
  const isRedirected = exchange.query.get(redirectMark) === '1'
  // Whoever refuses early must not leave the journal without it.
  if (on !== 'other') exchange.facts.kind = on
  if (on !== 'token') return provider.faults.meet({ on, grantType: undefined, isRedirected })
  // The server is yet to read the body, so this reads a copy.
  const form = await readForm(exchange.request.clone())
  const grantType = form.get('grant_type') ?? exchange.query.get('grant_type') ?? undefined
  const misfortune = provider.faults.meet({ on, grantType, isRedirected })
  if (misfortune.fault) noteClaims(exchange.facts, { grantType }, {})
  return misfortune
}

function noteFaults(exchange: Exchange, { delays, fault }: Misfortune): void {
  const kinds = [...delays, ...(fault ? [fault] : [])].map(({ kind }) => kind)
  if (kinds.length > 0) exchange.facts.faults = Object.freeze(kinds)
}

async function spoil(
  fault: NonNullable<Misfortune['fault']>,
  exchange: Exchange,
  next: () => Promise<Response>,
  schedule: Schedule,
): Promise<Response> {
  const { request } = exchange
  switch (fault.kind) {
    case 'status':
      return refusal(fault)
    case 'reset':
      if (fault.when === 'after') await next()
      throw new ConnectionReset()
    case 'html':
      await next()
      return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    case 'truncated-json':
      return truncated(await next())
    case 'empty':
      await next()
      return empty(200, { 'content-type': 'application/json' })
    case 'error-in-200':
      return errorInside200(exchange, fault.error ?? 'temporarily_unavailable')
    case 'redirect':
      return empty(fault.status ?? 307, { location: redirectTarget(exchange, fault.to) })
    case 'slow-body':
      return slow(await next(), fault.bytesPerSecond ?? 1, schedule, request)
    case 'endless-body':
      return new Response(endlessBody(request), jsonHeaders)
    case 'gzip-bomb': {
      const headers = { ...jsonHeaders.headers, 'content-encoding': 'gzip' }
      return new Response(exchange.isDecoded ? decodedBomb(request) : await gzipBomb(), { headers })
    }
  }
}

/** The query parameter of whoever follows a redirect to the same origin. */
const redirectMark = 'redirected'
const jsonHeaders = { headers: { 'content-type': 'application/json' } }
const page =
  '<!doctype html>\n<html><head><title>Please sign in to this network</title></head>' +
  '<body><h1>Please sign in to this network</h1></body></html>\n'

function refusal({ status, body, headers }: Extract<Fault, { kind: 'status' }>): Response {
  if (body === undefined) return empty(status, headers)
  const isText = typeof body === 'string'
  const type = isText ? 'text/plain;charset=UTF-8' : 'application/json'
  const response = new Response(isText ? body : JSON.stringify(body), { status, headers: headers ?? {} })
  if (!new Headers(headers).has('content-type')) response.headers.set('content-type', type)
  return response
}

async function truncated(response: Response): Promise<Response> {
  const { status, headers } = response
  if (!response.body) return response
  const bytes = await response.arrayBuffer()
  return new Response(bytes.slice(0, Math.floor(bytes.byteLength / 2)), { status, headers })
}

function errorInside200(exchange: Exchange, error: string): Response {
  exchange.facts.error = error
  return json(200, { error, error_description: 'The emulator was told to answer so' }, noStore)
}

async function slow(
  response: Response,
  bytesPerSecond: number,
  schedule: Schedule,
  owner: SignalOwner,
): Promise<Response> {
  const { status, headers } = response
  if (!response.body) return response
  const bytes = new Uint8Array(await response.arrayBuffer())
  return new Response(slowly(bytes, bytesPerSecond, schedule, owner), { status, headers })
}

function redirectTarget({ publicUrl, facts, path }: Exchange, to: 'same-origin' | 'foreign-origin'): string {
  const url = new URL(publicUrl)
  if (to === 'same-origin') {
    url.searchParams.set(redirectMark, '1')
    return url.href
  }
  // Without the query, which may hold secrets.
  return `${foreignBase(url)}/${facts.provider ?? ''}${path}`
}

/**
 * On loopback the same server under its other name, which is another origin; otherwise a name that resolves nowhere.
 */
function foreignBase({ protocol, hostname, port }: URL): string {
  const isAddress = hostname === '127.0.0.1' || hostname === '[::1]'
  if (!isAddress && hostname !== 'localhost') return foreignOrigin
  return `${protocol}//${isAddress ? 'localhost' : '127.0.0.1'}:${port}${foreignPath}`
}
