import { allow, answerChange, ControlError, readBody } from './control-request.ts'
import { answerFaults, configure } from './control-faults.ts'
import { setRedirectUris } from './control-redirect-uris.ts'
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
  'POST /_control/<travis|truphone>/revoke {"what": "not-before"}',
  'GET /_control/<provider>/faults',
  'DELETE /_control/<provider>/faults',
  'POST /_control/<provider>/faults {"kind": "status", "status": 503, "headers": {"retry-after": "30"}, "times": 2}',
  'POST /_control/<provider>/habits {"rotation": "reuse-detection"}',
  'POST /_control/<provider>/refuse-all {"isRefusing": true}',
  'POST /_control/<provider>/clock-skew {"ms": 600000}',
  'POST /_control/travis/redirect-uris {"uris": ["http://127.0.0.1:3000/api/auth/callback/travis"]}',
]

type Action = (emulator: Emulator, provider: ProviderEmulator, request: Request) => Promise<Response>

const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['lifetimes', setLifetimes],
  ['revoke', revoke],
  ['faults', (_, provider, request) => answerFaults(provider, request)],
  ['habits', configure],
  ['refuse-all', refuseAll],
  ['clock-skew', setClockSkew],
  ['redirect-uris', setRedirectUris],
])

/** Answers the overview and the control requests; undefined for any other path. */
export async function answerControl(emulator: Emulator, request: Request): Promise<Response | undefined> {
  const { origin, pathname } = new URL(request.url)
  try {
    if (pathname === '/') return showOverview(emulator, request, origin)
    if (pathname === '/_control/journal') return answerJournal(emulator, request)
    if (pathname === '/_control/advance') return await answerAdvance(emulator, request)
    const [, name, actionName] = /^\/_control\/([^/]+)\/([^/]+)$/.exec(pathname) ?? []
    const action = actions.get(actionName ?? '')
    if (name !== undefined && action) return await action(emulator, providerNamed(emulator, name), request)
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
  answerChange(() => emulator.advance(ms))
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
  answerChange(() => provider.setLifetimes(lifetimes))
  return new Response(null, { status: 204 })
}

const whatToRevoke =
  'Send {"what": "access-tokens"} or {"what": "refresh-tokens"}, to travis or truphone also {"what": "not-before"}, ' +
  'to trafficstars also {"what": "api-keys"}.'

async function revoke(emulator: Emulator, provider: ProviderEmulator, request: Request): Promise<Response> {
  const { what } = await readBody(request)
  if (what === 'access-tokens') provider.revokeAccessTokens()
  else if (what === 'refresh-tokens') provider.revokeRefreshTokens()
  else if (what === 'not-before' && hasNotBefore(emulator, provider)) provider.bumpNotBefore()
  else if (what === 'api-keys' && provider === emulator.trafficStars) emulator.trafficStars.revokeApiKeys()
  else throw new ControlError(400, whatToRevoke)
  return new Response(null, { status: 204 })
}

function hasNotBefore(
  emulator: Emulator,
  provider: ProviderEmulator,
): provider is Emulator['travis' | 'truphone'] {
  return provider === emulator.travis || provider === emulator.truphone
}

async function refuseAll(_: Emulator, provider: ProviderEmulator, request: Request): Promise<Response> {
  const { isRefusing } = await readBody(request)
  if (typeof isRefusing !== 'boolean')
    throw new ControlError(400, 'Send {"isRefusing": true} or {"isRefusing": false}.')
  provider.refuseAllAccessTokens(isRefusing)
  return new Response(null, { status: 204 })
}

async function setClockSkew(_: Emulator, provider: ProviderEmulator, request: Request): Promise<Response> {
  const { ms } = await readBody(request)
  if (typeof ms !== 'number') throw new ControlError(400, 'Send {"ms": <milliseconds>}.')
  answerChange(() => provider.setApiClockSkew(ms))
  return new Response(null, { status: 204 })
}

function providerNamed(emulator: Emulator, name: string): ProviderEmulator {
  const provider = providersOf(emulator).find(candidate => candidate.name === name)
  if (provider) return provider
  throw new ControlError(404, `There is no provider "${name}". There are: ${providerNames.join(', ')}.`)
}

function optionalNumber(name: string, value: unknown): number | undefined {
  if (value === undefined || typeof value === 'number') return value
  throw new ControlError(400, `${name} must be a number of milliseconds.`)
}
