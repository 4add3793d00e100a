import type { Emulator } from './emulator.ts'
import { json } from './http/responses.ts'
import { overview, providersOf } from './overview.ts'
import type { ProviderEmulator } from './provider-emulator.ts'
import { providerNames } from './provider-name.ts'

/** How the control endpoints are used, for the overview and for error messages. */
const usage: readonly string[] = [
  'GET /_control/journal',
  'DELETE /_control/journal',
  'POST /_control/advance {"ms": 300000}',
  'POST /_control/<provider>/lifetimes {"accessTokenMs": 5000, "refreshTokenMs": 60000}',
  'POST /_control/<provider>/revoke {"what": "access-tokens" | "refresh-tokens"}',
  'POST /_control/trafficstars/revoke {"what": "api-keys"}',
]

class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Answers the overview and the control requests; undefined for any other path. */
export async function answerControl(emulator: Emulator, request: Request): Promise<Response | undefined> {
  const { origin, pathname } = new URL(request.url)
  try {
    if (pathname === '/') return showOverview(emulator, request, origin)
    if (pathname === '/_control/journal') return answerJournal(emulator, request)
    if (pathname === '/_control/advance') return await answerAdvance(emulator, request)
    const [, name, action] = /^\/_control\/([^/]+)\/(lifetimes|revoke)$/.exec(pathname) ?? []
    if (name !== undefined) {
      const provider = providerNamed(emulator, name)
      return await (action === 'revoke' ? revoke : setLifetimes)(emulator, provider, request)
    }
    if (!pathname.startsWith('/_control')) return undefined
    throw new ControlError(404, `There is no ${pathname}. There are: ${usage.join('; ')}`)
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    return json(error.status, { error: error.message })
  }
}

function showOverview(emulator: Emulator, request: Request, origin: string): Response {
  allow(request, 'GET', 'HEAD')
  return json(200, {
    name: '@evergrant/emulator',
    now: new Date(emulator.now()).toISOString(),
    providers: overview(emulator, origin),
    control: usage,
  })
}

function answerJournal(emulator: Emulator, request: Request): Response {
  allow(request, 'GET', 'HEAD', 'DELETE')
  if (request.method === 'DELETE') {
    emulator.journal.clear()
    return new Response(null, { status: 204 })
  }
  return json(200, { count: emulator.journal.count(), entries: emulator.journal.entries() })
}

async function answerAdvance(emulator: Emulator, request: Request): Promise<Response> {
  const { ms } = await readBody(request)
  if (typeof ms !== 'number') throw new ControlError(400, 'Send {"ms": <milliseconds>}.')
  refusing(() => emulator.advance(ms))
  return json(200, { now: emulator.now() })
}

async function setLifetimes(_: Emulator, provider: ProviderEmulator, request: Request): Promise<Response> {
  const { accessTokenMs, refreshTokenMs, ...unknown } = await readBody(request)
  const [unknownName] = Object.keys(unknown)
  if (unknownName !== undefined) {
    throw new ControlError(
      400,
      `"${unknownName}" is no lifetime. Send accessTokenMs, refreshTokenMs or both.`,
    )
  }
  const lifetimes = {
    accessTokenMs: optionalNumber('accessTokenMs', accessTokenMs),
    refreshTokenMs: optionalNumber('refreshTokenMs', refreshTokenMs),
  }
  refusing(() => provider.setLifetimes(lifetimes))
  return new Response(null, { status: 204 })
}

async function revoke(emulator: Emulator, provider: ProviderEmulator, request: Request): Promise<Response> {
  const { what } = await readBody(request)
  if (what === 'access-tokens') provider.revokeAccessTokens()
  else if (what === 'refresh-tokens') provider.revokeRefreshTokens()
  else if (what === 'api-keys' && provider === emulator.trafficStars) emulator.trafficStars.revokeApiKeys()
  else throw new ControlError(400, 'Send {"what": "access-tokens"} or {"what": "refresh-tokens"}.')
  return new Response(null, { status: 204 })
}

function providerNamed(emulator: Emulator, name: string): ProviderEmulator {
  const provider = providersOf(emulator).find(candidate => candidate.name === name)
  if (provider) return provider
  throw new ControlError(404, `There is no provider "${name}". There are: ${providerNames.join(', ')}.`)
}

function allow(request: Request, ...methods: readonly string[]): void {
  if (!methods.includes(request.method)) {
    throw new ControlError(405, `Use ${methods.join(' or ')}, not ${request.method}.`)
  }
}

/**
 * Reads the body of a POST. A web page can send a form or plain text to any origin, but not JSON: demanding it
 * keeps other sites from driving the emulator.
 */
async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  allow(request, 'POST')
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new ControlError(415, 'Send content-type: application/json.')
  let body: unknown
  try {
    body = await request.json()
  } catch {
    throw new ControlError(400, 'The body is no JSON.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ControlError(400, 'The body must be a JSON object.')
  }
  return { ...body }
}

function optionalNumber(name: string, value: unknown): number | undefined {
  if (value === undefined || typeof value === 'number') return value
  throw new ControlError(400, `${name} must be a number of milliseconds.`)
}

function refusing(action: () => void): void {
  try {
    action()
  } catch (error) {
    if (error instanceof RangeError) throw new ControlError(400, error.message)
    throw error
  }
}
