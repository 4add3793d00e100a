import type { JSONWebKeySet } from 'jose'
import { expect } from 'vitest'
import { createEmulator } from './emulator.ts'
import type { ClientCredentials, UserCredentials } from './credentials.ts'
import type { Emulator } from './emulator.ts'

/** An emulator whose time stands still, in the middle of a second: tests travel. */
export function frozenEmulator(): Emulator {
  const start = Date.parse('2026-11-21T08:00:00.123Z')
  return createEmulator({ now: () => start })
}

/** A frozen emulator whose timers wait until a test fires them. */
export function emulatorWithTimers(): {
  readonly emulator: Emulator
  /** The delays, in milliseconds, of the timers that wait. */
  readonly waiting: () => readonly number[]
  /** Fires the timers that wait, and lets everything that becomes possible run. */
  readonly fire: () => Promise<void>
} {
  let timers: { readonly callback: () => void; readonly ms: number }[] = []
  const emulator = createEmulator({
    now: () => Date.parse('2026-11-21T08:00:00.123Z'),
    schedule: (callback, ms) => {
      const timer = { callback, ms }
      timers.push(timer)
      return () => {
        timers = timers.filter(other => other !== timer)
      }
    },
  })
  return {
    emulator,
    waiting: () => timers.map(({ ms }) => ms),
    fire: async () => {
      for (const { callback } of timers.splice(0)) callback()
      for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => setImmediate(resolve))
    },
  }
}

/** Signs in at Truphone, and refreshes there. */
export async function truphoneSession(emulator: Emulator): Promise<{
  readonly accessToken: string
  readonly refreshToken: string
  readonly refresh: (token: string) => Promise<Response>
}> {
  const { tokenEndpoint } = emulator.truphone.endpoints()
  const { accessToken, refreshToken } = await readTokens(
    await post(emulator, tokenEndpoint, truphoneClient(emulator)),
  )
  const form = { ...truphoneClient(emulator), grant_type: 'refresh_token' }
  return {
    accessToken,
    refreshToken,
    refresh: token => post(emulator, tokenEndpoint, { ...form, refresh_token: token }),
  }
}

type Form = Readonly<Record<string, string>>

export function post(emulator: Emulator, url: string, form: Form, headers: Form = {}): Promise<Response> {
  return emulator.fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })
}

export function withBearer(
  emulator: Emulator,
  url: string,
  token: string,
  init: RequestInit = {},
): Promise<Response> {
  return emulator.fetch(url, { ...init, headers: { authorization: `Bearer ${token}` } })
}

export async function readObject(response: Response): Promise<Record<string, unknown>> {
  const body: unknown = await response.json()
  if (typeof body !== 'object' || body === null) throw new TypeError(`No object: ${JSON.stringify(body)}`)
  return { ...body }
}

/** Reads a token response and checks that it is one. */
export async function readTokens(response: Response): Promise<{
  readonly body: Record<string, unknown>
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
}> {
  const body = await readObject(response)
  expect(body).toHaveProperty('access_token')
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '')
  return {
    body,
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
  }
}

/** Checks an OAuth 2.0 error response, member by member. */
export async function expectError(
  response: Response,
  status: number,
  error: string,
  description: string,
): Promise<void> {
  expect(await readObject(response)).toEqual({ error, error_description: description })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
}

/** `Authorization: Basic`, with the form encoding of RFC 6749 §2.3.1 unless `raw`. */
export function basic(
  id: string,
  secret: string,
  encoding: 'rfc' | 'raw' = 'rfc',
): { authorization: string } {
  const encode = (text: string): string =>
    encoding === 'raw' ? text : new URLSearchParams({ '': text }).toString().slice(1)
  const bytes = new TextEncoder().encode(`${encode(id)}:${encode(secret)}`)
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` }
}

/** The form fields of client_secret_post. */
export function inForm({ clientId, clientSecret }: ClientCredentials): {
  client_id: string
  client_secret: string
} {
  return { client_id: clientId, client_secret: clientSecret }
}

export function travisService(
  emulator: Emulator,
  which: ClientCredentials = emulator.travis.credentials.serviceAccount,
): Form {
  return { grant_type: 'client_credentials', ...inForm(which), scope: 'openid' }
}

export function travisCustomer(
  emulator: Emulator,
  which: UserCredentials = emulator.travis.credentials.customers[0],
): Form {
  const { username, password } = which
  return { grant_type: 'password', ...inForm(which), username, password, scope: 'openid' }
}

export function trafficStarsKey(
  emulator: Emulator,
  key: string = emulator.trafficStars.credentials.apiKey,
): Form {
  return { grant_type: 'refresh_token', refresh_token: key }
}

export function teamServerUrl(
  emulator: Emulator,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const { clientId, clientSecret, username, password } = emulator.teamServer.credentials
  const all = {
    grant_type: 'password',
    ...inForm({ clientId, clientSecret }),
    username,
    password,
    ...changes,
  }
  const kept = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return `${emulator.teamServer.endpoints().tokenEndpoint}?${new URLSearchParams(kept)}`
}

export function askIris(
  emulator: Emulator,
  which: UserCredentials = emulator.iris.credentials,
  changes: Form = {},
): Promise<Response> {
  const { clientId, clientSecret, username, password } = which
  const form = { grant_type: 'password', username, password, scope: 'api', ...changes }
  return post(emulator, emulator.iris.endpoints().tokenEndpoint, form, basic(clientId, clientSecret))
}

export function truphoneClient(
  emulator: Emulator,
  which: ClientCredentials = emulator.truphone.credentials,
): Form {
  return { grant_type: 'client_credentials', ...inForm(which) }
}

/** Reads a JWKS response for verification by jose. */
export async function readKeys(response: Response): Promise<JSONWebKeySet> {
  const { keys } = await readObject(response)
  if (!Array.isArray(keys)) throw new TypeError('No JWKS.')
  return { keys }
}
