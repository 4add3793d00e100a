import { createAuthHandler } from './auth-handler.ts'
import type { AuthHandlerOptions, AuthRequestContext } from './auth-handler.ts'
import type { FakeSession } from './session.test-support.ts'

/** When every test of the auth routes happens, in epoch milliseconds. */
export const now = 1_800_000_000_000

/** Pages may ask for the token. */
export const mediated = { tokenMediation: true } as const

/** What a test asks, beside what a page of the site sends anyway. */
export interface Asked {
  readonly method: string
  readonly url?: string
  readonly body?: string
  /** A header that is null is left out. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined
  readonly context?: AuthRequestContext
}

/** What came back. */
export interface Answered {
  readonly answer: Response
  readonly text: string
  /** The body, where it is JSON. */
  readonly body: Readonly<Record<string, unknown>> | undefined
  /** The code of the error in it. */
  readonly code: string | undefined
}

/** Asks a route of a handler with one session for everybody. */
export async function ask(
  session: FakeSession,
  route: string,
  asked: Asked,
  options: AuthHandlerOptions = {},
): Promise<Answered> {
  const { method, url = `https://app.example.com/auth/${route}`, body, headers = {}, context } = asked
  const usual = {
    host: 'app.example.com',
    'sec-fetch-site': 'same-origin',
    'x-evergrant': '1',
    ...(method !== 'GET' && method !== 'HEAD' && { origin: 'https://app.example.com' }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const sent = Object.entries({ ...usual, ...headers }).filter(
    (entry): entry is [string, string] => !!entry[1],
  )
  const request = new Request(url, { method, body: body ?? null, headers: sent })
  const answer = await createAuthHandler(session.source, { now: () => now, ...options })(request, context)
  const text = await answer.text()
  const json = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>)
  const code = (json?.['error'] as { readonly code?: string } | undefined)?.code
  return { answer, text, body: json, code }
}
